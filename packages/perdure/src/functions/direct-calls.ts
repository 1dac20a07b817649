import { fault } from "../errors/perdure-error.ts";
import { currentOrchestration } from "../process/code-scope.ts";

/**
 * What has an effect, or an answer that changes, may be used in an orchestrator through its context only. The instance is stopped also when the
 * error is caught, or belongs to a promise that is not awaited: what the author meant to happen has not happened.
 */
export function refuseInOrchestrator(what: string, advice: string): void {
  const scope = currentOrchestration();
  if (scope === undefined) return;
  const error = fault("DIRECT_CALL", what, advice);
  scope.refused(error);
  throw error;
}

export function refuseClientInOrchestrator(): void {
  refuseInOrchestrator(
    "The client of a task hub",
    "To start an orchestration use ctx.callSubOrchestrator or ctx.startOrchestration, to send an event ctx.raiseEvent; for anything else call an activity that does it.",
  );
}
