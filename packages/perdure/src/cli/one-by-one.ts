import { setTimeout as pause } from "node:timers/promises";
import { fault } from "../errors/perdure-error.ts";
import type { CommandIo } from "./command.ts";
import type { ManagementDoor } from "./management-door.ts";
import { text, wholeNumber } from "./option-specs.ts";
import type { OptionSpec, OptionValues } from "./options.ts";
import { jsonLine } from "./render.ts";
import { readPage } from "./wire.ts";

const PLACE = /^(\d*)~(.+)$/;

const place = (help: string): OptionSpec<string> => ({
  ...text("PLACE", help),
  expected: "the place that an earlier run has shown",
  parse: (value) => (PLACE.test(value) ? value : null),
});

/** Of commands that do something to many instances, one after another. */
export const MANY_OPTIONS = {
  rate: wholeNumber("N", 1, 10_000, "at most N instances a second (default 50)"),
  top: wholeNumber("N", 1, Number.MAX_SAFE_INTEGER, "at most N instances, and show where the next run continues"),
  continuation: place("continue where an earlier run ended, which has shown this"),
} as const;

type ManyOptions = OptionValues<typeof MANY_OPTIONS>;

const DEFAULT_RATE = 50;

interface Found {
  readonly instanceId: string;
  /** The place behind it; null: there is nothing more. */
  readonly continuation: string | null;
}

export interface ManyParams<Step> {
  readonly io: CommandIo;
  readonly door: ManagementDoor;
  readonly query: Parameters<typeof readPage>[1];
  readonly options: ManyOptions & { readonly "dry-run"?: boolean; readonly json?: boolean; readonly to?: number };
  /** True: what begins meanwhile is left out. */
  readonly onlyPresent: boolean;
  /** Null: passed over. */
  readonly act: (instanceId: string) => Promise<Step | null>;
  readonly show: (step: Step) => void;
}

export interface Done<Step> {
  readonly steps: readonly Step[];
  /** Where the next run continues; null: all was done. */
  readonly continuation: string | null;
}

/** Oldest first. An error shows how far it has come. */
export async function doOneByOne<Step>(params: ManyParams<Step>): Promise<Done<Step>> {
  const { io, options, act, show } = params;
  const pauseMs = options["dry-run"] === true ? 0 : 1_000 / (options.rate ?? DEFAULT_RATE);
  const steps: Step[] = [];
  let continuation: string | null = null;
  try {
    for await (const found of allFound(params)) {
      const step = await act(found.instanceId);
      continuation = found.continuation;
      if (step === null) continue;
      steps.push(step);
      show(step);
      if (steps.length === options.top) break;
      if (pauseMs > 0 && continuation !== null) await pause(pauseMs);
    }
  } catch (error) {
    if (continuation !== null) io.err(options.json === true ? jsonLine({ continuation }) : continueWith(continuation));
    throw error;
  }
  return { steps, continuation };
}

/** With "=": at the beginning of a word some shells take "~" for a home folder, and refuse it. */
export const continueWith = (continuation: string): string => `To continue behind the last one: --continuation=${continuation}\n`;

/** One at a time, since a host tells the place behind a page. */
async function* allFound<Step>({ door, query, options, onlyPresent }: ManyParams<Step>): AsyncGenerator<Found> {
  const { since, token } = options.continuation === undefined ? await beginning(door, onlyPresent) : placeIn(options.continuation);
  const bound = since === null ? {} : { createdTimeTo: new Date(Math.min(options.to ?? since, since)).toISOString() };
  for (let at = token; ; ) {
    const page = await readPage(door, { ...query, ...bound }, 1, at);
    at = page.token;
    const continuation = at === null ? null : `${since ?? ""}~${at}`;
    for (const { instanceId } of page.instances) yield { instanceId, continuation };
    if (at === null) return;
  }
}

/** Times of the API are whole seconds. */
const SECOND = 1_000;

/**
 * By the time of the newest instance: the clock of the host's store, which this machine need not share. What is started here is to be of a later second.
 */
async function beginning(door: ManagementDoor, onlyPresent: boolean): Promise<{ readonly since: number | null; readonly token: null }> {
  const newest = onlyPresent ? (await readPage(door, { newestFirst: "true" }, 1, null)).instances[0] : undefined;
  if (newest === undefined) return { since: null, token: null };
  await pause(SECOND);
  return { since: Date.parse(newest.createdTime) + SECOND - 1, token: null };
}

function placeIn(continuation: string): { readonly since: number | null; readonly token: string } {
  const [, since = "", token] = PLACE.exec(continuation) ?? [];
  if (token === undefined) throw fault("INTERNAL", "a place was not checked");
  return { since: since === "" ? null : Number(since), token };
}
