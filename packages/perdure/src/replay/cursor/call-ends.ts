import type { EpisodeOutcome } from "../../model/executor.ts";
import type { Payload } from "../../model/payload.ts";
import { causesOf } from "../failures/causes.ts";
import { failureOf } from "../failures/failure-of.ts";
import type { OrchestratorDefinition } from "../functions/definition.ts";
import type { PayloadEncoder } from "../values/payload-encoder.ts";
import { validateNow } from "../values/schema.ts";

/** What the function is called with. Throws when it is none of what the definition says. */
export function decodedInput(encoder: PayloadEncoder, { name, input: schema }: OrchestratorDefinition, input: Payload | null): unknown {
  const value = encoder.decode(input);
  return schema === null ? value : validateNow(schema, value, `input of orchestrator "${name}"`);
}

/** How an orchestration ends whose function has thrown this. */
export function failedWith(error: unknown): EpisodeOutcome {
  const failed = { kind: "failed", failure: failureOf(error) } as const;
  const causedBy = causesOf(error);
  return causedBy.length === 0 ? failed : { ...failed, causedBy };
}

/** How an orchestration ends whose function has returned this: a value that cannot be recorded is a failure that no retry changes. */
export function endWith(encoder: PayloadEncoder, { name, output: schema }: OrchestratorDefinition, value: unknown): EpisodeOutcome {
  const where = `output of orchestrator "${name}"`;
  try {
    return { kind: "completed", output: encoder.encode(schema === null ? value : validateNow(schema, value, where), where) };
  } catch (error) {
    return { kind: "failed", failure: { ...failureOf(error), isNonRetriable: true } };
  }
}
