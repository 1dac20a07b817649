import type { ActivityProgress } from "../../engine/activities/activity-progress.ts";
import type { InstanceId } from "../../model/ids.ts";
import { setLatest } from "../../model/latest.ts";
import { isTerminal } from "../../model/status.ts";
import type { Changes, InstanceStatus, Seen } from "../types.ts";

/** Of so many activities the last progress is kept. */
const MOST_ACTIVITIES = 100;
/** Who begins to watch is told of progress of this age: an activity speaks again, or it has ended. */
const STALE_MS = 60_000;

interface Noted {
  readonly progress: ActivityProgress;
  readonly number: number;
}

/** One watched instance, as this process knows it. */
export class Watched {
  readonly instanceId: InstanceId;
  /** Undefined: not read yet; null: there is none. */
  #status: InstanceStatus | null | undefined;
  #statusNumber = 0;
  readonly #progress = new Map<string, Noted>();
  #progressNumber = 0;
  #failure: { readonly error: unknown } | null = null;
  readonly #by: string;
  readonly #waiting = new Set<() => void>();

  /** `by`: of no other one. */
  constructor(instanceId: InstanceId, by: string) {
    this.instanceId = instanceId;
    this.#by = by;
  }

  get status(): InstanceStatus | null | undefined {
    return this.#status;
  }

  tookStatus(status: InstanceStatus | null): void {
    const known = this.#status;
    if (status !== null && known !== null && known !== undefined && isOlder(status, known)) return;
    this.#status = status;
    if (known !== undefined && sameForWatchers(known, status)) return;
    this.#statusNumber += 1;
    this.#wake();
  }

  tookProgress(progress: ActivityProgress): void {
    const known = this.#progress.get(progress.taskId)?.progress;
    if (known !== undefined && known.at >= progress.at && known.progress === progress.progress) return;
    this.#progressNumber += 1;
    setLatest(this.#progress, progress.taskId, { progress, number: this.#progressNumber }, MOST_ACTIVITIES);
    this.#wake();
  }

  /** Those who wait are told; the next one asks again. */
  failed(error: unknown): void {
    this.#failure = { error };
    this.#wake();
    this.#failure = null;
  }

  /** Resolves with the next news, or false when `wait` is over; rejects when it cannot be known. */
  news(wait: (over: () => void) => () => void): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const end = (isNews: boolean): void => {
        this.#waiting.delete(onNews);
        stop();
        if (isNews && this.#failure !== null) reject(this.#failure.error);
        else resolve(isNews);
      };
      const onNews = (): void => end(true);
      this.#waiting.add(onNews);
      const stop = wait(() => end(false));
    });
  }

  /** Null: nothing is new, or nothing is known yet. */
  since(seen: Seen | null, now: number): Changes | null {
    const status = this.#status;
    if (status === undefined || status === null) return null;
    const known = seen?.by === this.#by ? seen : { status: 0, progress: 0 };
    // Who comes after the end is told of the end alone.
    const isOver = seen === null && isTerminal(status.runtimeStatus);
    const recent = isOver
      ? []
      : [...this.#progress.values()].filter(({ number, progress }) => {
          return number > known.progress && (known.progress > 0 || now - progress.at < STALE_MS);
        });
    if (known.status === this.#statusNumber && recent.length === 0) return null;
    return {
      status: known.status === this.#statusNumber ? null : status,
      progress: recent.map(({ progress }) => progress),
      seen: this.seen,
    };
  }

  get seen(): Seen {
    return { by: this.#by, status: this.#statusNumber, progress: this.#progressNumber };
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

/** A read may be answered after a commit that it did not see. */
function isOlder(status: InstanceStatus, known: InstanceStatus): boolean {
  if (status.executionId !== known.executionId) return status.createdTime < known.createdTime;
  return status.generation < known.generation || (status.generation === known.generation && status.lastUpdatedTime < known.lastUpdatedTime);
}

function sameForWatchers(a: InstanceStatus | null, b: InstanceStatus | null): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.executionId === b.executionId &&
    a.runtimeStatus === b.runtimeStatus &&
    a.customStatus === b.customStatus &&
    a.stopped?.code === b.stopped?.code &&
    a.stopped?.message === b.stopped?.message
  );
}
