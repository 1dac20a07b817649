import type { Offer } from "../../model/executor.ts";
import type { FunctionKind } from "../../model/function-kind.ts";
import type { VersionRange } from "../../model/versions.ts";
import { rangeText } from "../../model/versions.ts";
import type { Scheduler } from "../../process/clock.ts";

/** Calls that no place of the executor took: each is made again after a while, and all of them at once when the executor has gained something. */
export class WaitingForPlace {
  readonly #scheduler: Scheduler;
  readonly #waiting = new Set<() => void>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** `isEarly`: the executor has gained places or functions since. */
  again(ms: number, call: (isEarly: boolean) => void): void {
    const early = () => {
      cancel();
      this.#waiting.delete(early);
      call(true);
    };
    const cancel = this.#scheduler.after(ms, () => {
      this.#waiting.delete(early);
      call(false);
    });
    this.#waiting.add(early);
  }

  allNow(): void {
    for (const early of [...this.#waiting]) early();
  }
}

/** Something of this kind may run now that could not before. */
export function hasGained(before: Offer, now: Offer, kind: FunctionKind): boolean {
  const [was, is] = [before[kind], now[kind]];
  if (!is.ready || was === is) return false;
  if (!was.ready || (is.any && !was.any)) return true;
  if (was.capacity !== null && (is.capacity === null || is.capacity > was.capacity)) return true;
  if (is.names.some((name) => !was.names.includes(name))) return true;
  return Object.keys(was.versions ?? {}).some((name) => isWider(was.versions?.[name], is.versions?.[name]));
}

const isWider = (was: readonly VersionRange[] | undefined, is: readonly VersionRange[] | undefined): boolean =>
  was !== undefined && (is === undefined || is.some((range) => !was.some((known) => rangeText(known) === rangeText(range))));
