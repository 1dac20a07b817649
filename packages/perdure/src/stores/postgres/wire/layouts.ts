import { layoutNumberOf, namesAndKinds } from "../../row-columns.ts";
import { CLAIMED, CLAIMED_TASK } from "./answers.ts";
import { HEAD } from "./head-row.ts";
import { CONSUMED, HISTORY } from "./history-row.ts";
import { BIRTH, UPDATE } from "./instance-row.ts";
import type { Described } from "./layout.ts";
import { LEAVE } from "./leave-row.ts";
import { MESSAGE } from "./message-row.ts";
import { CANCEL, FINISHED_TASK, GIVEN_BACK_TASK, HEARTBEAT, NEW_TASK } from "./task-rows.ts";

/** The arguments of `commit_batch`, in order: a kind of row for each array of rows, or an SQL type. */
export const BATCH_ARGUMENTS = {
  layout: "bigint",
  head: HEAD,
  token: "text",
  creates: BIRTH,
  history: HISTORY,
  updates: UPDATE,
  notes: "text",
  consumed: CONSUMED,
  finished: FINISHED_TASK,
  messages: MESSAGE,
  tasks: NEW_TASK,
  beats: HEARTBEAT,
  given_back: GIVEN_BACK_TASK,
  cancels: CANCEL,
  leaves: LEAVE,
  claim: "text[]",
  claim_versions: "text[]",
  claim_tasks: "text[]",
  task_limits: "bigint[]",
  bytes: "bytea",
} as const satisfies Readonly<Record<string, Described | string>>;

export type BatchArguments = { readonly [Name in keyof typeof BATCH_ARGUMENTS]: unknown };

/** Raise it when the meaning of a column changes and neither its name nor its place does. */
const REVISION = 2;

/**
 * Names, kinds and order of all that goes to the database functions and comes back, as one number. It goes with each call that brings rows, and the functions were
 * created with it: a process of a release with other rows is refused before it writes anything.
 */
export const LAYOUT_NUMBER: number = layoutNumberOf(describe());

function describe(): readonly unknown[] {
  const kinds = Object.entries(BATCH_ARGUMENTS).map(([name, type]) => [
    name,
    typeof type === "string" ? type : namesAndKinds(type.columns),
  ]);
  return [REVISION, kinds, CLAIMED, CLAIMED_TASK];
}
