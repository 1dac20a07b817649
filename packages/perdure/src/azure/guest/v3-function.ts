import type { FunctionNames } from "../../model/function-kind.ts";
import type { InvocationOptions } from "./pipeline.ts";

/** A registered orchestrator or entity function: what the library has made of the author's. */
export interface V3Function {
  /** As registered. */
  readonly name: string;
  /** `FILE:LINE` where it was registered; absent or null: it is not known. */
  readonly place?: string | null;
  /** One invocation with its hooks. Settles as the registered callback does. */
  call(input: object, how: V3Call): Promise<unknown>;
}

export interface V3Call {
  readonly instanceId: string;
  readonly prepare: NonNullable<InvocationOptions["prepare"]>;
}

export interface V3Functions {
  readonly names: FunctionNames;
  /** Names are compared without case. */
  find(kind: "orchestrator" | "entity", name: string): V3Function | null;
}

export interface V3Settings {
  /** False: as on Azure without extended sessions, each episode runs the function again from its beginning. */
  readonly keepsCursors: boolean;
  readonly maxPayloadBytes: number;
  readonly maxJsonDepth: number;
  readonly maxActions: number;
  /** Between two looks at accepted work whose server names no time. */
  readonly httpPollMs: number;
  /** Of children whose call names no version. */
  versionOf(name: string): string | null;
}
