export {
  ActivityFailedError,
  NonRetriableError,
  OrchestrationFailedError,
  RemoteFailureError,
  SubOrchestrationFailedError,
  TimeoutError,
} from "../replay/function-errors.ts";
export { outsideOrchestration } from "../replay/orchestration-scope.ts";
