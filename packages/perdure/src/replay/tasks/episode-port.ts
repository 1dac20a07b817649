import type { ErrorCode } from "../../errors/catalogue.ts";
import type { Action } from "../../model/action.ts";
import type { ExecutionStarted } from "../../model/history.ts";
import type { EventId, InstanceId } from "../../model/ids.ts";
import type { ExecutionValues } from "../values/execution-values.ts";
import type { PayloadEncoder } from "../values/payload-encoder.ts";
import type { DroppedEvents } from "./dropped-events.ts";
import type { EventBox } from "./event-box.ts";
import type { Settleable } from "./settleable.ts";

/** What durable tasks ask of the execution they belong to. A new kind of task needs nothing but this and {@link Settleable}. */
export interface EpisodePort {
  readonly name: string;
  readonly instanceId: InstanceId;
  /** ms since 1970, of the last OrchestratorStarted. */
  readonly clock: number;
  readonly replaying: boolean;
  readonly started: ExecutionStarted | null;
  readonly encoder: PayloadEncoder;
  readonly values: ExecutionValues;
  readonly events: EventBox;
  readonly dropped: DroppedEvents;
  takeId(): EventId;
  ask(action: Action): void;
  /** From now on events with that id are applied to `task`. */
  expect(id: EventId, task: Settleable): void;
  /** No event with that id is waited for any longer; `action` says so to the outside. */
  giveUp(id: EventId, action: Action): void;
  /** False where there is nothing left to cancel. Throws where a replay would not repeat it. */
  mayCancel(task: { readonly label: string }): boolean;
  hasBudget(actions: number): boolean;
  /** Whether the history that is being replayed has a retry timer of that attempt. */
  wasRetried(attemptId: EventId): boolean;
  /** True when it is a mistake that a deploy corrects: the instance is stopped. */
  stopsFor(error: unknown): boolean;
  stop(code: ErrorCode, message: string): void;
  warn(event: string, message: string, fields: { readonly [key: string]: unknown }): void;
}
