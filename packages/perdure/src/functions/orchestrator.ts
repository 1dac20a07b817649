import type { StandardSchemaV1 } from "@standard-schema/spec";
import { optional, parseOptions } from "../model/options.ts";
import { checkedVersion } from "../model/start-options.ts";
import { DEFINITION } from "../replay/functions/call-retry.ts";
import type { ContinuedAsNew } from "../replay/functions/continued-as-new.ts";
import type { OrchestratorDefinition } from "../replay/functions/definition.ts";
import type { RetryOptions } from "../replay/functions/retry-options.ts";
import { parseRetry } from "../replay/functions/retry-options.ts";
import type { OrchestratorContext } from "./context-types.ts";
import type { JsonResult } from "./json-fault.ts";
import { checkedName } from "./names.ts";
import { handlerOf, schemaOption } from "./options.ts";
import type { OrchestratorRef } from "./references.ts";
import type { Wire } from "./wire.ts";

/** `E` is what callers send and `P` what the handler gets; `O` is what the handler gives and `R` what is recorded. */
export interface OrchestratorOptions<E, P, O, R> {
  /** Recorded with every instance that is started without a version of its own. */
  readonly version?: string;
  /** For calls of it as a sub-orchestration. */
  readonly retry?: RetryOptions;
  /** Must answer synchronously. */
  readonly input?: StandardSchemaV1<E, P>;
  readonly output?: StandardSchemaV1<O, R>;
}

/** An orchestrator function: a reference for callers. */
export interface Orchestrator<E, R> extends OrchestratorRef<E, Wire<R>> {
  readonly version: string | null;
}

/**
 * What it gives is a result or a `ContinuedAsNew`, which the references leave out: of a function that always continues the result is `never`. The two are
 * taken apart afterwards: were `ContinuedAsNew` named here, a call whose type argument is inferred from its place (`waitForExternalEvent("x")`) would take it.
 */
type Handler<E, P, O> = (context: OrchestratorContext<E>, input: P) => O | Promise<O>;

const OPTIONS = ["version", "retry", "input", "output"];

/** Defines an orchestrator: plain async code that awaits durable tasks, and is replayed from its history when need be. */
export function orchestrator<P = void, O = void>(
  name: string,
  handler: Handler<P, P, O> & JsonResult<Exclude<O, ContinuedAsNew>>,
): Orchestrator<P, Exclude<O, ContinuedAsNew>>;
export function orchestrator<P = void, E = P, O = void>(
  name: string,
  options: OrchestratorOptions<E, P, O, O> & { readonly output?: undefined },
  handler: Handler<E, P, O> & JsonResult<Exclude<O, ContinuedAsNew>>,
): Orchestrator<E, Exclude<O, ContinuedAsNew>>;
export function orchestrator<P = void, E = P, O = void, R = O>(
  name: string,
  options: OrchestratorOptions<E, P, O, R>,
  handler: Handler<E, P, O | ContinuedAsNew> & JsonResult<R>,
): Orchestrator<E, R>;
export function orchestrator(name: string, ...rest: readonly unknown[]): Orchestrator<never, unknown> {
  const checked = checkedName(name);
  const where = `orchestrator "${checked}"`;
  const { options, handler } = handlerOf(rest, where);
  parseOptions(options, OPTIONS, where);
  const version = optional(options, "version", where, checkedVersion) ?? null;
  const definition: OrchestratorDefinition = {
    name: checked,
    version,
    retry: options.retry === undefined ? null : parseRetry(options.retry, where),
    input: schemaOption(options, "input", where),
    output: schemaOption(options, "output", where),
    run: handler,
  };
  const reference: OrchestratorRef<never, unknown> & { readonly version: string | null } = { kind: "orchestrator", name: checked, version };
  return Object.assign(reference, { [DEFINITION]: definition });
}
