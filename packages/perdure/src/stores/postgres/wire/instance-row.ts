import { instanceKey } from "../../../model/function-kind.ts";
import type { StartSpec } from "../../../model/start.ts";
import type { RuntimeStatus } from "../../../model/status.ts";
import type { InstanceUpdate, NewTarget } from "../../../store/commit.ts";
import { endedAs, nextWakeNumber, UPDATE_COLUMNS } from "../../episode-rows.ts";
import { jsonOrNull, oneOrZero, orMinusOne } from "../../row-columns.ts";
import { layout } from "./layout.ts";

/** `target`: created for a message, if at all; what goes to it in any case. */
export const ON_EXISTING = { target: -1, fail: 0, replaceTerminal: 1, replaceEnded: 2 } as const;

export interface Birth {
  readonly no: number;
  readonly start: StartSpec;
  readonly onExisting: keyof typeof ON_EXISTING;
  readonly owned: boolean;
  readonly wakeAt: number;
  readonly createdAt: number;
  /** What its first episode made of it, when that is in the same batch: insert and update are one write. */
  readonly first: InstanceUpdate | undefined;
  /** Absent: Pending. */
  readonly status?: RuntimeStatus;
  readonly customStatus?: string | null;
}

/** Its number and its times are the database's: `with_targets`. */
export const targetBirth = ({ start, status }: NewTarget): Birth => ({
  no: 0,
  start,
  onExisting: "target",
  owned: false,
  wakeAt: -1,
  createdAt: 0,
  first: undefined,
  status,
});

/** An instance to be created (`insert_instances`). */
export const BIRTH = layout<Birth>()({
  no: { number: ({ no }) => no },
  onExisting: { number: ({ onExisting }) => ON_EXISTING[onExisting] },
  owned: { number: ({ owned, first }) => oneOrZero(owned && first?.completed === undefined) },
  wakeAt: { number: ({ owned, wakeAt }) => (owned ? -1 : wakeAt) },
  nextWake: { number: nextWakeOf },
  createdAt: { number: ({ createdAt }) => createdAt },
  updatedAt: { number: ({ createdAt, first }) => first?.updatedAt ?? createdAt },
  endedAs: { number: ({ first }) => (first?.completed === undefined ? 0 : endedAs(first.status)) },
  parentNo: { number: ({ start }) => orMinusOne(start.parent?.no) },
  startAt: { number: ({ start }) => orMinusOne(start.startAt) },
  generation: { number: ({ first }) => first?.generation ?? 0 },
  version: { number: ({ first }) => first?.version ?? 0 },
  continuedAsNew: { number: ({ first }) => first?.continuedAsNew ?? 0 },
  instanceId: { text: ({ start }) => start.instanceId, what: "instance id" },
  name: { common: ({ start }) => start.name },
  nameKey: { common: ({ start }) => instanceKey(start) },
  executionId: { text: ({ start, first }) => first?.executionId ?? start.executionId, what: "execution id" },
  startId: { text: startIdOf, what: "execution id" },
  status: { common: ({ first, status }) => first?.status ?? status ?? "Pending" },
  orchestrationVersion: { text: ({ start, first }) => labelsOf(start, first).version, what: "version" },
  tags: { text: ({ start, first }) => jsonOrNull(labelsOf(start, first).tags), what: "tags" },
  parent: { text: ({ start }) => jsonOrNull(start.parent), what: "parent" },
  customStatus: { payload: ({ first, customStatus = null }) => first?.customStatus ?? customStatus },
  input: { payload: ({ start, first }) => (first?.input === undefined ? start.input : first.input) },
  output: { payload: ({ first }) => first?.completed?.output ?? null },
});

/** Of its start, where the first episode has continued as new already. */
function startIdOf({ start: { executionId }, first }: Birth): string | null {
  return first === undefined || first.executionId === executionId ? null : executionId;
}

const labelsOf = (start: StartSpec, first: InstanceUpdate | undefined) => first?.labels ?? start;

function nextWakeOf({ first, wakeAt }: Birth): number {
  if (first === undefined) return wakeAt;
  return first.completed === undefined ? nextWakeNumber(first.nextWake) : -1;
}

/** New values of an instance (`write_episodes`). */
export const UPDATE = layout<InstanceUpdate>()(UPDATE_COLUMNS);
