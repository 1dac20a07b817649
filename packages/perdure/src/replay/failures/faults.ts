import type { Failure } from "../../model/failure.ts";
import type { Fault } from "../tasks/durable-task.ts";
import { ActivityFailedError, SubOrchestrationFailedError, TimeoutError } from "./function-errors.ts";

export class ActivityFault implements Fault {
  readonly #name: string;
  readonly #failure: Failure;

  constructor(name: string, failure: Failure) {
    this.#name = name;
    this.#failure = failure;
  }

  toError(): ActivityFailedError {
    return new ActivityFailedError(this.#name, this.#failure);
  }
}

export class ChildFault implements Fault {
  readonly #name: string;
  readonly #instanceId: string;
  readonly #failure: Failure;

  constructor(name: string, instanceId: string, failure: Failure) {
    this.#name = name;
    this.#instanceId = instanceId;
    this.#failure = failure;
  }

  toError(): SubOrchestrationFailedError {
    return new SubOrchestrationFailedError(this.#name, this.#instanceId, this.#failure);
  }
}

export class EventTimeoutFault implements Fault {
  readonly #name: string;
  readonly #timeout: string;

  constructor(name: string, timeout: string) {
    this.#name = name;
    this.#timeout = timeout;
  }

  toError(): TimeoutError {
    return new TimeoutError(`Event ${this.#name} not received in ${this.#timeout}`);
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
