export { outsideOrchestration } from "../process/code-scope.ts";
export {
  ActivityFailedError,
  EntityOperationFailedError,
  LockingRulesViolationError,
  NonRetriableError,
  OrchestrationFailedError,
  OrchestrationTerminatedError,
  RemoteFailureError,
  SubOrchestrationFailedError,
  TimeoutError,
} from "../replay/failures/function-errors.ts";
