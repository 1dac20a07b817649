export { outsideOrchestration } from "../process/code-scope.ts";
export {
  ActivityFailedError,
  NonRetriableError,
  OrchestrationFailedError,
  OrchestrationTerminatedError,
  RemoteFailureError,
  SubOrchestrationFailedError,
  TimeoutError,
} from "../replay/failures/function-errors.ts";
