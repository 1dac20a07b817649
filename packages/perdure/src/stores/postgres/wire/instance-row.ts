import type { StartSpec } from "../../../model/start.ts";
import type { InstanceUpdate } from "../../../store/commit.ts";
import type { NextWake } from "../../../store/rows.ts";
import { functionKey } from "../../../store/wake.ts";
import { nextWakeColumn } from "../../sql-rows.ts";
import type { Texts } from "./texts.ts";

/** -1 stands for null in a row of numbers. */
export const orMinusOne = (value: number | null): number => value ?? -1;

export const nextWakeNumber = (nextWake: NextWake): number => orMinusOne(nextWakeColumn(nextWake));

export const ON_EXISTING = { fail: 0, replaceTerminal: 1, replaceEnded: 2 } as const;

export interface Birth {
  readonly no: number;
  readonly start: StartSpec;
  readonly onExisting: keyof typeof ON_EXISTING;
  readonly owned: boolean;
  readonly wakeAt: number;
  readonly createdAt: number;
  /** What its first episode made of it, when that is in the same batch: insert and update are one write. */
  readonly first: InstanceUpdate | undefined;
}

/** 33 numbers: a row of `insert_instances`. */
export function birthRow(to: number[], texts: Texts, birth: Birth): void {
  const { no, start, owned, wakeAt, createdAt, first } = birth;
  const isDone = first?.completed !== undefined;
  to.push(
    no,
    ON_EXISTING[birth.onExisting],
    owned && !isDone ? 1 : 0,
    owned ? -1 : wakeAt,
    isDone ? -1 : first === undefined ? wakeAt : nextWakeNumber(first.nextWake),
    createdAt,
    first?.updatedAt ?? createdAt,
    orMinusOne(first?.completed?.at ?? null),
    orMinusOne(start.startAt),
    first?.generation ?? 0,
    first?.version ?? 0,
  );
  texts.plain(to, start.instanceId, "instance id");
  texts.common(to, start.name);
  texts.common(to, functionKey(start.name));
  texts.plain(to, first?.executionId ?? start.executionId, "execution id");
  texts.common(to, first?.status ?? "Pending");
  texts.plain(to, start.version, "version");
  texts.plain(to, start.tags === null ? null : JSON.stringify(start.tags), "tags");
  texts.plain(to, start.parent === null ? null : JSON.stringify(start.parent), "parent");
  texts.payload(to, first?.customStatus ?? null);
  texts.payload(to, first?.input === undefined ? start.input : first.input);
  texts.payload(to, first?.completed?.output ?? null);
}

/** 18 numbers: a row of `write_episodes`. */
export function updateRow(to: number[], texts: Texts, update: InstanceUpdate): void {
  const { no, expectedVersion, version, generation, nextWake, updatedAt, completed, input } = update;
  to.push(
    no,
    expectedVersion,
    version,
    generation,
    completed === undefined ? nextWakeNumber(nextWake) : -1,
    updatedAt,
    orMinusOne(completed?.at ?? null),
    input === undefined ? 0 : 1,
  );
  texts.plain(to, update.executionId, "execution id");
  texts.common(to, update.status);
  texts.payload(to, update.customStatus);
  texts.payload(to, input ?? null);
  texts.payload(to, completed?.output ?? null);
}
