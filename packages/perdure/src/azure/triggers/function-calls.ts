import type { BindingValue, InvocationResult, TriggerInvocation } from "../../app-threads/guest.ts";
import { assertNever } from "../../model/assert-never.ts";
import { nodeCrypto } from "../../process/node-crypto.ts";
import type { TriggerLog } from "./trigger-log.ts";

export type Invoke = (call: TriggerInvocation) => Promise<InvocationResult>;

/** One function that is called for what a source has. */
export class FunctionCalls {
  readonly name: string;
  readonly #binding: string;
  readonly #invoke: Invoke;
  readonly #log: TriggerLog;

  constructor({ name, binding }: { readonly name: string; readonly binding: string }, invoke: Invoke, log: TriggerLog) {
    this.name = name;
    this.#binding = binding;
    this.#invoke = invoke;
    this.#log = log;
  }

  /** Whether it succeeded. What it threw is in the log. */
  async run(value: BindingValue, metadata: TriggerInvocation["metadata"]): Promise<boolean> {
    const id = nodeCrypto().randomUUID();
    const inputs = { [this.#binding]: value };
    const result = await this.#invoke({ kind: "trigger", id, name: this.name, inputs, metadata, retry: null });
    const problem = problemOf(result);
    if (problem === null) return true;
    this.#log.warn("trigger.failed", `had something for which the function failed: ${problem}`, { invocationId: id });
    return false;
  }
}

function problemOf(result: InvocationResult): string | null {
  switch (result.kind) {
    case "done":
    case "http":
    case "replayed":
      return null;
    case "failed":
      return `${result.failure.errorType}: ${result.failure.message}`;
    case "lost":
      return `its thread ended (${result.reason})`;
    default:
      return assertNever(result);
  }
}
