import type { ErrorCode } from "../../errors/catalogue.ts";
import { messageOf, PerdureError } from "../../errors/perdure-error.ts";
import type { Failure } from "../../model/failure.ts";
import { errorFromFailure } from "./failure-of.ts";

/**
 * What a caller sees of a failure that happened elsewhere. `failure` is that failure as data, `cause` the same as an Error; the stack is the
 * caller's own (the line that awaited).
 */
export abstract class RemoteFailureError extends Error {
  /** As in the errors of Perdure itself (docs/errors.md). */
  abstract readonly code: ErrorCode;
  readonly failure: Failure;

  constructor(message: string, failure: Failure) {
    super(message, { cause: errorFromFailure(failure) });
    this.failure = failure;
    // As `cause` it is shown once already.
    Object.defineProperty(this, "failure", { enumerable: false });
  }
}

export class ActivityFailedError extends RemoteFailureError {
  override readonly name = "ActivityFailedError";
  readonly code = "ACTIVITY_FAILED";
  readonly activity: string;

  constructor(activity: string, failure: Failure) {
    super(messageOf("ACTIVITY_FAILED", activity, failure.message), failure);
    this.activity = activity;
  }
}

export class SubOrchestrationFailedError extends RemoteFailureError {
  override readonly name = "SubOrchestrationFailedError";
  readonly code = "SUB_ORCHESTRATION_FAILED";
  readonly orchestrator: string;
  readonly instanceId: string;

  constructor(orchestrator: string, instanceId: string, failure: Failure) {
    super(messageOf("SUB_ORCHESTRATION_FAILED", orchestrator, instanceId, failure.message), failure);
    this.orchestrator = orchestrator;
    this.instanceId = instanceId;
  }
}

export class EntityOperationFailedError extends RemoteFailureError {
  override readonly name = "EntityOperationFailedError";
  readonly code = "ENTITY_OPERATION_FAILED";
  /** Its id: `@account@z`. */
  readonly entity: string;
  readonly operation: string;

  constructor(entity: string, operation: string, failure: Failure) {
    super(messageOf("ENTITY_OPERATION_FAILED", entity, operation, failure.message), failure);
    this.entity = entity;
    this.operation = operation;
  }
}

/** Asked for inside a critical section, where it could wait for ever or break the section. */
export class LockingRulesViolationError extends PerdureError {
  override readonly name = "LockingRulesViolationError";

  constructor(problem: string) {
    super("LOCKING_RULES_VIOLATION", messageOf("LOCKING_RULES_VIOLATION", problem));
  }
}

/** Thrown by a handle's `result()`: the orchestration ended as Failed. */
export class OrchestrationFailedError extends RemoteFailureError {
  override readonly name = "OrchestrationFailedError";
  readonly code = "ORCHESTRATION_FAILED";
  readonly orchestrator: string;
  readonly instanceId: string;

  constructor(orchestrator: string, instanceId: string, failure: Failure) {
    super(messageOf("ORCHESTRATION_FAILED", orchestrator, instanceId, failure.message), failure);
    this.orchestrator = orchestrator;
    this.instanceId = instanceId;
  }
}

/** Thrown by a handle's `result()`: the orchestration was terminated. It has no failure, and is not an OrchestrationFailedError. */
export class OrchestrationTerminatedError extends Error {
  override readonly name = "OrchestrationTerminatedError";
  readonly code = "ORCHESTRATION_TERMINATED";
  readonly orchestrator: string;
  readonly instanceId: string;
  /** What was given to `terminate`; null when nothing was. */
  readonly reason: string | null;

  constructor(orchestrator: string, instanceId: string, reason: string | null) {
    super(messageOf("ORCHESTRATION_TERMINATED", orchestrator, instanceId, reason));
    this.orchestrator = orchestrator;
    this.instanceId = instanceId;
    this.reason = reason;
  }
}

/** A wait or an activity took longer than it may. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
  readonly code = "TIMED_OUT";

  /** The same as data, as the other errors of a failure have it. */
  get failure(): Failure {
    return { errorType: this.name, message: this.message, ...(this.stack === undefined ? {} : { stack: this.stack }) };
  }
}

/** Thrown by an activity or a sub-orchestration to say that trying again is of no use: no retry policy applies. */
export class NonRetriableError extends Error {
  override readonly name: string = "NonRetriableError";
  /** Marks the class for other copies of this package. */
  get isNonRetriable(): true {
    return true;
  }

  /** As in the errors that come from elsewhere. */
  get failure(): Failure {
    const stack = this.stack === undefined ? {} : { stack: this.stack };
    return { errorType: this.name, message: this.message, ...stack, isNonRetriable: true };
  }
}
