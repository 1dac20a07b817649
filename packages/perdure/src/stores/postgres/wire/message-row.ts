import type { OutgoingMessage } from "../../../store/commit.ts";
import { dedupIdOf, generationOf, wakesStopped } from "../../../store/wake.ts";
import { oneOrZero, orMinusOne } from "../../row-columns.ts";
import { layout } from "./layout.ts";

/** When a message of a batch is sent: always, when its finished task (by position) was deleted, or when its create (by number) did not start. */
export type Condition =
  | { readonly kind: "always" }
  | { readonly kind: "finished"; readonly position: number }
  | { readonly kind: "notStarted"; readonly no: number };

export const ALWAYS: Condition = { kind: "always" };

export const CONDITION = { always: 0, finished: 1, notStarted: 2 } as const;

export interface Sending extends OutgoingMessage {
  readonly condition: Condition;
}

function conditionNumber({ condition }: Sending): number {
  if (condition.kind === "always") return 0;
  return condition.kind === "finished" ? condition.position : condition.no;
}

/** A message (`send_messages`). `targetNo` -1: by `targetId`. */
export const MESSAGE = layout<Sending>()({
  condition: { number: ({ condition }) => CONDITION[condition.kind] },
  conditionNumber: { number: conditionNumber },
  targetNo: { number: ({ to }) => ("no" in to ? to.no : -1) },
  targetId: { text: ({ to }) => ("no" in to ? null : to.instanceId), what: "instance id" },
  kind: { common: ({ message }) => message.kind },
  generation: { number: ({ message }) => orMinusOne(generationOf(message)) },
  createsTarget: { number: ({ orCreate }) => oneOrZero(orCreate !== undefined) },
  wakesStopped: { number: ({ message }) => oneOrZero(wakesStopped(message.kind)) },
  messageId: { text: ({ message }) => dedupIdOf(message), what: "message id" },
  body: { payload: ({ message }) => JSON.stringify(message) },
});
