import { DEFAULT_WORKER_SETTINGS } from "../engine/options.ts";
import { within } from "../engine/time/within.ts";
import { fault } from "../errors/perdure-error.ts";
import type { Scheduler } from "../process/clock.ts";

interface InTimeParts {
  readonly scheduler: Scheduler;
  readonly acceptMs?: number;
}

/** For reads of a row or two: a store that has not answered by then is away. */
export async function inTime<T>({ scheduler, acceptMs = DEFAULT_WORKER_SETTINGS.acceptMs }: InTimeParts, read: Promise<T>): Promise<T> {
  const result = await within(scheduler, acceptMs, read);
  if (result.kind === "done") return result.value;
  throw result.kind === "failed" ? result.error : fault("STORE_UNAVAILABLE", "no answer has come");
}
