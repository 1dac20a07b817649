import { fault } from "../errors/perdure-error.ts";
import type { Scheduler } from "../process/clock.ts";
import type { Store } from "../store/contract.ts";
import type { Act, Continued, HubClient, OneByOneParams } from "./types.ts";

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
  const { since, place } = continuation === null ? { since: (await store.readWorkers()).now, place: null } : placeIn(continuation);
  if (continuation === null) await pause(2); // what is started here is younger
  const createdTo = Math.min(filter.createdTo ?? since, since);
  const query = { ...filter, createdTo, statuses, limit: 1, payloads: "none" } as const;
  const begun = new Set<string>(); // in case the store's clock stands still, since it was set back
  for (let at: string | null = place; ; ) {
    const page: Awaited<ReturnType<HubClient["query"]>> = await client.query({ ...query, continuation: at });
    at = page.continuation;
    for (const { instanceId } of page.instances) {
      const done = begun.has(instanceId) ? null : await act(instanceId);
      if (done === null) continue;
      begun.add(done.began);
      yield { ...done.step, continuation: at === null ? null : `${since}~${at}` };
      if (perSecond !== null && at !== null) await pause(1_000 / perSecond);
    }
    if (at === null) return;
  }
}

const PLACE = /^(\d{1,15})~(.+)$/;

export const isPlace = (text: string): boolean => PLACE.test(text);

export function continuationOption(value: unknown, where: string, option: string): string {
  if (typeof value === "string" && isPlace(value)) return value;
  throw fault("OPTION_INVALID", where, option, value, "the continuation of the last instance that an earlier run gave");
}

function placeIn(continuation: string): { readonly since: number; readonly place: string } {
  const [, since, place = ""] = PLACE.exec(continuation) ?? [];
  return { since: Number(since), place };
}
