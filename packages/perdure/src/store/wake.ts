import type { QueueKeys } from "../model/function-kind.ts";
import type { ExecutionId } from "../model/ids.ts";
import type { Message, MessageKind } from "../model/message.ts";
import type { RuntimeStatus } from "../model/status.ts";
import type { Versions } from "../model/versions.ts";
import type { ClaimTasksRequest } from "./commit.ts";
import type { NextWake, StopReason } from "./rows.ts";

/** `wake_at` of a row that is or becomes unowned (docs/design/ownership.md 2). Not max(): a dormant row must stay null. */
export function wakeAtFor(nextWake: NextWake, hasMail: boolean, now: number): number | null {
  if (hasMail || nextWake === "now") return now;
  if (nextWake === null) return null;
  return Math.max(nextWake, now);
}

/** Would the instance have had work to do if its owner died now? Then the death counts against it. */
export const hadWork = (nextWake: NextWake, hasMail: boolean, now: number): boolean =>
  hasMail || nextWake === "now" || (nextWake !== null && nextWake <= now);

/**
 * How suspicious work is whose last owners died while it had work to do, `crashes` of them in a row: 0 is treated as all other work. The first death is no
 * reason to hold up what a process was working on, which may be thousands of bystanders: of the second on it is isolated, in groups that become smaller.
 */
export const suspicionOf = (crashes: number): number => Math.max(0, crashes - 1);

/** `rooms` of a claim: for suspicion 1, 2 …, the last for all above; empty: none. */
export const roomOf = (rooms: readonly number[], suspicion: number): number => rooms[Math.min(suspicion, rooms.length) - 1] ?? 0;

/** Mail that wakes a stopped instance: an operator's word. All other mail waits in its inbox. */
const WAKES_STOPPED: readonly MessageKind[] = ["terminate", "resume", "replace", "entityPurge"];

export const wakesStopped = (kind: MessageKind): boolean => WAKES_STOPPED.includes(kind);

/** The same, for a statement. */
export const WAKES_STOPPED_SQL = WAKES_STOPPED.map((kind) => `'${kind}'`).join(", ");

/**
 * Unread mail that counts when an instance has ended: a start in its place, and for a rewind of one that failed its events. Nothing else is of use: answers
 * are asked for again or found in rows, and an operator's word was for the execution that has ended.
 */
export const outlivesEnd = (kind: MessageKind, status: RuntimeStatus): boolean =>
  kind === "replace" || (kind === "event" && status === "Failed");

/** Under this id a message that asks for a run lies in the inbox of the run before it. */
export const replacementId = (run: ExecutionId): string => `replace:${run}`;

/** Replies are addressed to one generation, everything else to the instance. */
export const generationOf = (message: Message): number | null => ("generation" in message ? message.generation : null);

/** Under which id a second copy of a message is dropped while the first is in the inbox; null: every copy counts. */
export function dedupIdOf(message: Message): string | null {
  if (message.kind === "event" || message.kind === "entityOp") return message.messageId ?? null;
  return message.kind === "replace" ? replacementId(message.start.executionId) : null;
}

/** Whether a worker with this code may resume what was stopped for that reason. */
export const mayCure = ({ codeMayCure, codeVersions }: StopReason, codeVersion: string | null): boolean =>
  codeMayCure && (codeVersions === undefined || (codeVersion !== null && !codeVersions.includes(codeVersion)));

/** `poisonCodeVersions` of an instance that this code resumes; null: as it was. */
export const triedBy = (reason: StopReason | null, codeVersion: string | null): readonly string[] | null =>
  reason?.codeVersions === undefined || codeVersion === null ? null : [...reason.codeVersions, codeVersion];

/** For an activity that has a limit of its own; a name like `constructor` has none by itself. */
export const limitOf = (limits: ClaimTasksRequest["limits"], key: string): number | undefined =>
  limits !== undefined && Object.hasOwn(limits, key) ? limits[key] : undefined;

/** Under which keys something due waits. */
export interface Waiting extends QueueKeys {
  /** Of all unowned instances that will be ready by themselves, due or not, in the order of code units. */
  readonly versions: Versions;
}
