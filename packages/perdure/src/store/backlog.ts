import type { NameKey } from "../model/function-name.ts";
import type { InstanceCount } from "./queries.ts";

/** What waits for workers, and what they run by rows of the task queue. One entry for each name. */
export interface Backlog {
  readonly now: number;
  /** Instances that are due and that no worker has. Keys of entities have their mark. */
  readonly instances: readonly WaitingUnder[];
  /** Activities that have a row: those that are shared, long, suspect, or need a slot. */
  readonly tasks: readonly TasksUnder[];
}

export interface WaitingUnder {
  readonly key: NameKey;
  /** As one of them has it. */
  readonly name: string;
  /** Up to the cap. */
  readonly waiting: InstanceCount;
  /** Since when the first of them might have been taken; null: none waits. */
  readonly oldest: number | null;
}

export interface TasksUnder extends WaitingUnder {
  /** So many more wait for a slot of their key. */
  readonly forSlot: InstanceCount;
  /** Claimed by a worker. */
  readonly running: number;
}

interface Part {
  readonly key: NameKey;
  readonly name: string;
  readonly waiting?: number;
  readonly oldest?: number | null;
  readonly forSlot?: number;
  readonly running?: number;
}

/** From counts of parts, of which each was counted up to one more than the cap. In order of the keys. */
export function backlogOf(parts: readonly Part[], cap: number): readonly TasksUnder[] {
  const byKey = new Map<NameKey, Required<Part>>();
  for (const part of parts) {
    const before = byKey.get(part.key) ?? { ...part, waiting: 0, oldest: null, forSlot: 0, running: 0 };
    const { waiting = 0, oldest = null, forSlot = 0, running = 0 } = part;
    byKey.set(part.key, {
      ...before,
      waiting: before.waiting + waiting,
      oldest: oldest === null ? before.oldest : Math.min(oldest, before.oldest ?? oldest),
      forSlot: before.forSlot + forSlot,
      running: before.running + running,
    });
  }
  const upTo = (count: number): InstanceCount => ({ count: Math.min(count, cap), exact: count <= cap });
  return [...byKey.values()]
    .map(({ waiting, forSlot, ...same }) => ({ ...same, waiting: upTo(waiting), forSlot: upTo(forSlot) }))
    .filter(({ waiting, forSlot, running }) => waiting.count + forSlot.count + running > 0)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

export const instancesOf = (parts: readonly Part[], cap: number): readonly WaitingUnder[] =>
  backlogOf(parts, cap).map(({ key, name, waiting, oldest }) => ({ key, name, waiting, oldest }));
