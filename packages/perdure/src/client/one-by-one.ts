import { fault } from "../errors/perdure-error.ts";
import type { Scheduler } from "../process/clock.ts";
import type { Store } from "../store/contract.ts";
import type { Act, Continued, HubClient, InstanceStatus, OneByOneParams } from "./types.ts";

export interface OneByOneParts {
  readonly client: Pick<HubClient, "query">;
  readonly store: Pick<Store, "readWorkers">;
  readonly scheduler: Pick<Scheduler, "after">;
}

/**
 * Something is done to each instance of a filter that was there when the first run began, oldest first: so a failed parent comes before its failed children,
 * and what is started here is not found again. One for which `act` gives null is passed over. One at a time is read, since the store tells the place behind a page.
 */
export async function* oneByOne<Step>(
  { client, store, scheduler }: OneByOneParts,
  { filter, statuses, perSecond, continuation }: OneByOneParams,
  act: Act<Step>,
): AsyncGenerator<Continued<Step>> {
  const pause = (ms: number) => new Promise<void>((resolve) => void scheduler.after(ms, resolve));
  const from = continuation === null ? { since: (await store.readWorkers()).now, place: null } : placeIn(continuation);
  if (continuation === null) await pause(2); // what is started here is younger
  const createdTo = from.since === null ? filter.createdTo : Math.min(filter.createdTo ?? from.since, from.since);
  const query = { ...filter, createdTo, statuses, limit: 1, payloads: "none" } as const;
  const readPage: EachParams<Step>["readPage"] = (at) => client.query({ ...query, continuation: at });
  for await (const { step, place } of actOnEach({ from, perSecond, pause, readPage, act })) yield { ...step, continuation: place };
}

/** Where a run is: behind `place`, among those that were there at `since`; null: from the beginning, and whenever they came. */
export interface RunPlace {
  readonly since: number | null;
  readonly place: string | null;
}

export interface EachParams<Step> {
  readonly from: RunPlace;
  readonly perSecond: number | null;
  readonly pause: (ms: number) => Promise<unknown>;
  /** One instance, or none, and the place behind it. */
  readonly readPage: (place: string | null) => Promise<{ readonly instances: readonly Found[]; readonly continuation: string | null }>;
  readonly act: Act<Step>;
}

type Found = Pick<InstanceStatus, "instanceId">;

interface Done<Step> {
  readonly step: Step;
  /** As {@link placeIn} takes it; null: it was the last. */
  readonly place: string | null;
}

/** Gives what was done to each, and the place of the run behind it. */
export async function* actOnEach<Step>({ from, perSecond, pause, readPage, act }: EachParams<Step>): AsyncGenerator<Done<Step>> {
  const begun = new Set<string>(); // in case the store's clock stands still, since it was set back
  for (let at = from.place; ; ) {
    const page: Awaited<ReturnType<typeof readPage>> = await readPage(at);
    at = page.continuation;
    for (const { instanceId } of page.instances) {
      const done = begun.has(instanceId) ? null : await act(instanceId);
      if (done === null) continue;
      begun.add(done.began);
      yield { step: done.step, place: at === null ? null : `${from.since ?? ""}~${at}` };
      if (perSecond !== null && at !== null) await pause(1_000 / perSecond);
    }
    if (at === null) return;
  }
}

const PLACE = /^(\d{0,15})~(.+)$/;

export const isPlace = (text: string): boolean => PLACE.test(text);

export function continuationOption(value: unknown, where: string, option: string): string {
  if (typeof value === "string" && isPlace(value)) return value;
  throw fault("OPTION_INVALID", where, option, value, "the continuation of the last instance that an earlier run gave");
}

/** Of what {@link isPlace}. */
export function placeIn(continuation: string): RunPlace {
  const [, since = "", place = null] = PLACE.exec(continuation) ?? [];
  return { since: since === "" ? null : Number(since), place };
}
