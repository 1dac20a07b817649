import { setTimeout as pause } from "node:timers/promises";
import type { RunPlace } from "../client/one-by-one.ts";
import { actOnEach, isPlace, placeIn } from "../client/one-by-one.ts";
import type { Act } from "../client/types.ts";
import { instanceId as asInstanceId } from "../model/ids.ts";
import type { CommandIo } from "./command.ts";
import type { ManagementDoor } from "./management-door.ts";
import { text, wholeNumber } from "./option-specs.ts";
import type { OptionSpec, OptionValues } from "./options.ts";
import { jsonLine } from "./render.ts";
import { readPage } from "./wire.ts";

const place = (help: string): OptionSpec<string> => ({
  ...text("PLACE", help),
  expected: "the place that an earlier run has shown",
  parse: (value) => (isPlace(value) ? value : null),
});

/** Of commands that do something to many instances, one after another. */
export const MANY_OPTIONS = {
  rate: wholeNumber("N", 1, 10_000, "at most N instances a second (default 50)"),
  top: wholeNumber("N", 1, Number.MAX_SAFE_INTEGER, "at most N instances, and show where the next run continues"),
  continuation: place("continue where an earlier run ended, which has shown this"),
} as const;

type ManyOptions = OptionValues<typeof MANY_OPTIONS>;

const DEFAULT_RATE = 50;

export interface ManyParams<Step> {
  readonly io: CommandIo;
  readonly door: ManagementDoor;
  readonly query: Parameters<typeof readPage>[1];
  readonly options: ManyOptions & { readonly "dry-run"?: boolean; readonly json?: boolean; readonly to?: number };
  /** True: what begins meanwhile is left out. */
  readonly onlyPresent: boolean;
  readonly act: Act<Step>;
  readonly show: (step: Step) => void;
}

export interface Done<Step> {
  readonly steps: readonly Step[];
  /** Where the next run continues; null: all was done. */
  readonly continuation: string | null;
}

/** Oldest first. An error shows how far it has come. */
export async function doOneByOne<Step>({ io, door, query, options, onlyPresent, act, show }: ManyParams<Step>): Promise<Done<Step>> {
  const perSecond = options["dry-run"] === true ? null : (options.rate ?? DEFAULT_RATE);
  const steps: Step[] = [];
  let continuation: string | null = null;
  try {
    const from = options.continuation === undefined ? await beginning(door, onlyPresent) : placeIn(options.continuation);
    const bound = from.since === null ? {} : { createdTimeTo: new Date(Math.min(options.to ?? from.since, from.since)).toISOString() };
    const pageAt = async (at: string | null) => {
      const { instances, token } = await readPage(door, { ...query, ...bound }, 1, at);
      return { instances: instances.map(({ instanceId }) => ({ instanceId: asInstanceId(instanceId) })), continuation: token };
    };
    for await (const { step, place } of actOnEach({ from, perSecond, pause, readPage: pageAt, act })) {
      continuation = place;
      steps.push(step);
      show(step);
      if (steps.length === options.top) break;
    }
    if (steps.length !== options.top) continuation = null;
  } catch (error) {
    if (continuation !== null) io.err(options.json === true ? jsonLine({ continuation }) : continueWith(continuation));
    throw error;
  }
  return { steps, continuation };
}

/** With "=": at the beginning of a word some shells take "~" for a home folder, and refuse it. */
export const continueWith = (continuation: string): string => `To continue behind the last one: --continuation=${continuation}\n`;

/** Times of the API are whole seconds. */
const SECOND = 1_000;

/**
 * By the time of the newest instance: the clock of the host's store, which this machine need not share. What is started here is to be of a later second.
 */
async function beginning(door: ManagementDoor, onlyPresent: boolean): Promise<RunPlace> {
  const newest = onlyPresent ? (await readPage(door, { newestFirst: "true" }, 1, null)).instances[0] : undefined;
  if (newest === undefined) return { since: null, place: null };
  await pause(SECOND);
  return { since: Date.parse(newest.createdTime) + SECOND - 1, place: null };
}
