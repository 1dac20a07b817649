import type { StandardSchemaV1 } from "@standard-schema/spec";
import { createNativeExecutor } from "../../src/executors/native-executor.ts";
import { EpisodeDriver } from "../../src/executors/testing/episode-driver.testsuite.ts";
import type { OrchestratorContext } from "../../src/functions/context-types.ts";
import { orchestrator } from "../../src/functions/orchestrator.ts";
import { FunctionRegistry } from "../../src/functions/registry.ts";

export type Body = (ctx: OrchestratorContext<number | undefined>, input: number | undefined) => unknown;
export interface Setup {
  readonly input?: number;
  readonly options?: Partial<ConstructorParameters<typeof EpisodeDriver>[1]>;
  readonly maxOrchestrationActions?: number;
  readonly maxPayloadBytes?: number;
}

/** A driver for one orchestrator called "Probe". */
export function begin(body: Body, setup: Setup = {}): { readonly driver: EpisodeDriver; readonly functions: FunctionRegistry } {
  const functions = new FunctionRegistry([orchestrator("Probe", async (ctx, input?: number): Promise<unknown> => body(ctx, input))]);
  const { input, options, ...limits } = setup;
  const driver = new EpisodeDriver(createNativeExecutor({ functions, ...limits }), { name: "Probe", input, ...options });
  return { driver, functions };
}

/** Takes numbers and adds one. */
export const NUMBER: StandardSchemaV1<number, number> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) => (typeof value === "number" ? { value: value + 1 } : { issues: [{ message: "no number" }] }),
  },
};
