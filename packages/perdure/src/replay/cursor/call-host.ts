import type { runScoped } from "../../process/code-scope.ts";
import type { FunctionSource } from "../functions/definition.ts";
import type { FunctionLogSink } from "../functions/function-log.ts";
import type { PayloadEncoder } from "../values/payload-encoder.ts";

/** What all orchestrator calls of one executor share. */
export interface CallHost {
  readonly functions: FunctionSource;
  readonly encoder: PayloadEncoder;
  readonly log: FunctionLogSink;
  readonly maxActions: number;
  /** Begins the code of an orchestrator. */
  readonly runScoped: typeof runScoped;
}
