import type { BulkAction, BulkRun } from "../api/wire.ts";
import { isDanger } from "./instance-actions.ts";
import type { Counted } from "./numbers.ts";
import { countText, grouped } from "./numbers.ts";

interface Words {
  readonly title: string;
  readonly verb: string;
  /** What becomes of those that can be acted on. */
  readonly effect: string;
}

export const BULK_WORDS: Readonly<Record<BulkAction, Words>> = {
  "raise-event": {
    title: "Raise an event",
    verb: "Raise for",
    effect: "The event is written to the inbox of each; those that wait for it continue at once, the others keep it until they ask.",
  },
  suspend: {
    title: "Suspend",
    verb: "Suspend",
    effect: "They finish the activities that run and begin nothing new until they are resumed.",
  },
  resume: { title: "Resume", verb: "Resume", effect: "Those that are suspended continue with what has come meanwhile." },
  terminate: {
    title: "Terminate",
    verb: "Terminate",
    effect: "They end at once as terminated. Activities that run are not undone, and this cannot be taken back.",
  },
  restart: {
    title: "Restart",
    verb: "Restart",
    effect: "A new instance with the same input for each; what the old one did happens again.",
  },
  rewind: {
    title: "Rewind",
    verb: "Rewind",
    effect: "Failed activities are run again, and the instance continues from there.",
  },
  purge: {
    title: "Purge",
    verb: "Purge",
    effect: "Those that have ended are deleted with their history. This cannot be taken back.",
  },
};

/** Before an end of more than one, the number is asked for: it cannot be typed without having been read. */
export const asksNumber = (action: BulkAction, { n }: Counted): boolean => isDanger(action) && n > 1;

/** Part that is done, from 0 to 1. */
export function progressOf({ done, skipped, failed, matched }: BulkRun): number {
  return matched.n === 0 ? 1 : Math.min(1, (done + skipped + failed) / matched.n);
}

export function resultText({ state, done, skipped, failed }: BulkRun): string {
  const how = state === "canceled" ? "Canceled" : state === "failed" ? "Broken off" : "Done";
  const rest = [...(skipped > 0 ? [`${grouped(skipped)} left as they are`] : []), ...(failed > 0 ? [`${grouped(failed)} failed`] : [])];
  return [`${how}: ${grouped(done)}`, ...rest].join(", ");
}

export const matchedText = (matched: Counted): string => `${countText(matched)} ${matched.n === 1 ? "instance" : "instances"}`;
