import type { Failure } from "../../model/failure.ts";
import type { EventId } from "../../model/ids.ts";
import type { Fault } from "../tasks/durable-task.ts";
import { cameFrom } from "./causes.ts";
import { ActivityFailedError, EntityOperationFailedError, SubOrchestrationFailedError, TimeoutError } from "./function-errors.ts";

/** `attemptId` of a fault: the event that failed, for {@link cameFrom}. */
export class ActivityFault implements Fault {
  readonly #attemptId: EventId;
  readonly #name: string;
  readonly #failure: Failure;

  constructor(attemptId: EventId, name: string, failure: Failure) {
    this.#attemptId = attemptId;
    this.#name = name;
    this.#failure = failure;
  }

  toError(): ActivityFailedError {
    return cameFrom(new ActivityFailedError(this.#name, this.#failure), this.#attemptId);
  }
}

export class ChildFault implements Fault {
  readonly #attemptId: EventId;
  readonly #name: string;
  readonly #instanceId: string;
  readonly #failure: Failure;

  constructor(attemptId: EventId, name: string, instanceId: string, failure: Failure) {
    this.#attemptId = attemptId;
    this.#name = name;
    this.#instanceId = instanceId;
    this.#failure = failure;
  }

  toError(): SubOrchestrationFailedError {
    return cameFrom(new SubOrchestrationFailedError(this.#name, this.#instanceId, this.#failure), this.#attemptId);
  }
}

export class EntityFault implements Fault {
  readonly #callId: EventId;
  readonly #entity: string;
  readonly #operation: string;
  readonly #failure: Failure;

  constructor(callId: EventId, entity: string, operation: string, failure: Failure) {
    this.#callId = callId;
    this.#entity = entity;
    this.#operation = operation;
    this.#failure = failure;
  }

  toError(): EntityOperationFailedError {
    return cameFrom(new EntityOperationFailedError(this.#entity, this.#operation, this.#failure), this.#callId);
  }
}

export class LockTimeoutFault implements Fault {
  readonly #timerId: EventId;
  readonly #lock: string;
  readonly #timeout: string;

  constructor(timerId: EventId, lock: string, timeout: string) {
    this.#timerId = timerId;
    this.#lock = lock;
    this.#timeout = timeout;
  }

  toError(): TimeoutError {
    return cameFrom(new TimeoutError(`The ${this.#lock} was not granted in ${this.#timeout}`), this.#timerId);
  }
}

export class EventTimeoutFault implements Fault {
  readonly #timerId: EventId;
  readonly #name: string;
  readonly #timeout: string;

  constructor(timerId: EventId, name: string, timeout: string) {
    this.#timerId = timerId;
    this.#name = name;
    this.#timeout = timeout;
  }

  toError(): TimeoutError {
    return cameFrom(new TimeoutError(`Event ${this.#name} not received in ${this.#timeout}`), this.#timerId);
  }
}

/** Any other error, made on demand. */
export class CallFault implements Fault {
  readonly #make: () => unknown;

  constructor(make: () => unknown) {
    this.#make = make;
  }

  toError(): unknown {
    return this.#make();
  }
}
