import type { ExecutionId } from "../model/ids.ts";
import type { StartSpec } from "../model/start.ts";
import type { StoreDump } from "../store/contract.ts";
import type { Report } from "./observations.ts";

/** Starts that were accepted in place of a live run, and the runs that were there. */
export class AcceptedStarts {
  readonly #accepted: StartSpec[] = [];
  readonly #there = new Set<ExecutionId>();

  accepted(start: StartSpec): void {
    this.#accepted.push(start);
  }

  isThere(run: ExecutionId): void {
    this.#there.add(run);
  }

  /** When all work is done. */
  check({ instances }: StoreDump, report: Report): void {
    for (const { startId } of instances) this.isThere(startId);
    for (const { instanceId, executionId } of this.#accepted)
      if (!this.#there.has(executionId))
        report("accepted-kept", { instanceId }, `run ${executionId} was accepted in place of the one before it, and never was there`);
  }
}
