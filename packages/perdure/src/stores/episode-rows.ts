import type { RuntimeStatus } from "../model/status.ts";
import { TERMINAL_STATUSES } from "../model/status.ts";
import type { HistoryAppend, InstanceUpdate, NewInstance } from "../store/commit.ts";
import type { NextWake } from "../store/rows.ts";
import type { Columns } from "./row-columns.ts";
import { jsonOrNull, oneOrZero, orMinusOne } from "./row-columns.ts";
import { nextWakeColumn } from "./sql-rows.ts";

export const nextWakeNumber = (nextWake: NextWake): number => orMinusOne(nextWakeColumn(nextWake));

const ENDS: readonly RuntimeStatus[] = TERMINAL_STATUSES;

/** How an instance has ended, from 1; 0: it has not. */
export const endedAs = (status: RuntimeStatus): number => ENDS.indexOf(status) + 1;

/** An instance that is made. What is sent in place of one that exists already is not in here: few have it. */
export const CREATE_COLUMNS = {
  no: { number: ({ no }) => no },
  owned: { number: ({ owned }) => oneOrZero(owned) },
  wakeAt: { number: ({ wakeAt }) => wakeAt },
  createdAt: { number: ({ createdAt }) => createdAt },
  startAt: { number: ({ start }) => orMinusOne(start.startAt) },
  instanceId: { text: ({ start }) => start.instanceId, what: "instance id" },
  executionId: { text: ({ start }) => start.executionId, what: "execution id" },
  name: { common: ({ start }) => start.name },
  onExisting: { common: ({ onExisting }) => onExisting },
  version: { text: ({ start }) => start.version, what: "version" },
  tags: { text: ({ start }) => jsonOrNull(start.tags), what: "tags" },
  parent: { text: ({ start }) => jsonOrNull(start.parent), what: "parent" },
  input: { payload: ({ start }) => start.input },
} as const satisfies Columns<NewInstance>;

/** A history row. `expectedVersion` -1: an update or a birth in the same batch checks the version. */
export const HISTORY_COLUMNS = {
  no: { number: ({ no }) => no },
  expectedVersion: { number: ({ expectedVersion }) => orMinusOne(expectedVersion) },
  generation: { number: ({ generation }) => generation },
  firstSeq: { number: ({ firstSeq }) => firstSeq },
  count: { number: ({ count }) => count },
  at: { number: ({ at }) => at },
  events: { payload: ({ events }) => events },
} as const satisfies Columns<HistoryAppend>;

/** New values of an instance. */
export const UPDATE_COLUMNS = {
  no: { number: ({ no }) => no },
  expectedVersion: { number: ({ expectedVersion }) => expectedVersion },
  version: { number: ({ version }) => version },
  generation: { number: ({ generation }) => generation },
  nextWake: { number: ({ completed, nextWake }) => (completed === undefined ? nextWakeNumber(nextWake) : -1) },
  updatedAt: { number: ({ updatedAt }) => updatedAt },
  endedAs: { number: ({ completed, status }) => (completed === undefined ? 0 : endedAs(status)) },
  hasInput: { number: ({ input }) => oneOrZero(input !== undefined) },
  hasLabels: { number: ({ labels }) => oneOrZero(labels !== undefined) },
  continuedAsNew: { number: ({ continuedAsNew }) => continuedAsNew ?? 0 },
  executionId: { text: ({ executionId }) => executionId, what: "execution id" },
  status: { common: ({ status }) => status },
  customStatus: { payload: ({ customStatus }) => customStatus },
  input: { payload: ({ input }) => input ?? null },
  output: { payload: ({ completed }) => completed?.output ?? null },
  orchestrationVersion: { text: ({ labels }) => labels?.version ?? null, what: "version" },
  tags: { text: ({ labels }) => jsonOrNull(labels?.tags ?? null), what: "tags" },
} as const satisfies Columns<InstanceUpdate>;
