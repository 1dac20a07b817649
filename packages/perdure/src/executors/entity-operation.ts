import { fault } from "../errors/perdure-error.ts";
import { DURATION_FORM } from "../model/duration.ts";
import type { EntityAction } from "../model/entity-batch.ts";
import type { InstanceId } from "../model/ids.ts";
import { instanceIdProblem, instanceId as toInstanceId } from "../model/ids.ts";
import type { Options } from "../model/options.ts";
import { durationOption, optional, parseOptions } from "../model/options.ts";
import { checkedVersion, tagsOption } from "../model/start-options.ts";
import { keepThis } from "../model/taken-methods.ts";
import { targetName } from "../model/target.ts";
import { parseDate, timeAfter } from "../model/time.ts";
import type { Ids } from "../process/clock.ts";
import { versionIn } from "../replay/functions/call-retry.ts";
import type { EntityContextCore, FunctionSource } from "../replay/functions/definition.ts";
import { entityTarget } from "../replay/functions/entity-target.ts";
import type { FunctionLogSink } from "../replay/functions/function-log.ts";
import { operationGroup } from "../replay/functions/operation-group.ts";
import type { PayloadEncoder } from "../replay/values/payload-encoder.ts";
import type { FunctionLogger } from "../telemetry/function-logger.ts";
import { functionLogger } from "../telemetry/function-logger.ts";

export interface OperationHost {
  readonly functions: Pick<FunctionSource, "versionOf">;
  readonly encoder: PayloadEncoder;
  readonly log: FunctionLogSink;
  readonly ids: Ids;
}

/** The entity that it runs on. */
export interface OperationPlace {
  readonly name: string;
  readonly key: string;
  readonly instanceId: InstanceId;
  readonly now: number;
}

/** What an operation works on. `none`: the entity does not exist. */
export interface StateCell {
  readonly value: unknown;
  readonly from: "none" | "stored" | "assigned";
}

/** One run of an operation. Over at its end: what is done late would be lost without a word, or land in the state of the next one. */
export interface OpenOperation {
  readonly name: string;
  /** Its place in the batch. */
  readonly by: number;
  readonly isSignal: boolean;
  readonly isNew: boolean;
  readonly traceparent: string | null;
  /** Null: it has not asked for the state. */
  cell: StateCell | null;
  /** What it sends, if it succeeds. */
  readonly actions: EntityAction[];
  isOver: boolean;
}

/** The two states that an operation can begin with. */
export interface StateSource {
  stored(): StateCell;
  none(): StateCell;
}

const SIGNAL_OPTIONS = ["at"];
const START_OPTIONS = ["instanceId", "version", "tags", "startAt"];

/** What an operation is given, types erased: `functions/entity-types.ts` has what authors see. */
export class OperationContext implements EntityContextCore {
  readonly #host: OperationHost;
  readonly #place: OperationPlace;
  readonly #open: OpenOperation;
  readonly #source: StateSource;
  #log: FunctionLogger | null = null;

  constructor(host: OperationHost, place: OperationPlace, open: OpenOperation, source: StateSource) {
    this.#host = host;
    this.#place = place;
    this.#open = open;
    this.#source = source;
  }

  get state(): unknown {
    const open = this.#use("state");
    open.cell ??= this.#source.stored();
    return open.cell.value;
  }

  set state(value: unknown) {
    this.#use("state").cell = { value, from: "assigned" };
  }

  /** Also of a state that cannot be loaded any more. */
  deleteState(): void {
    this.#use("deleteState").cell = this.#source.none();
  }

  get key(): string {
    return this.#place.key;
  }

  get name(): string {
    return this.#place.name;
  }

  get id(): string {
    return this.#place.instanceId;
  }

  get isNew(): boolean {
    return this.#open.isNew;
  }

  get isSignal(): boolean {
    return this.#open.isSignal;
  }

  get traceparent(): string | null {
    return this.#open.traceparent;
  }

  get now(): Date {
    return new Date(this.#place.now);
  }

  get log(): FunctionLogger {
    const { name: functionName, instanceId } = this.#place;
    const { traceparent } = this.#open;
    this.#log ??= functionLogger((level, message, fields) => {
      this.#host.log({ level, message, fields, functionKind: "entity", functionName, instanceId, traceparent });
    });
    return this.#log;
  }

  entity(target: unknown, key?: unknown): { readonly signal: object } {
    this.#use("entity");
    const instanceId = entityTarget(target, key, "ctx.entity");
    return { signal: operationGroup((operation, input, options) => this.#signal(instanceId, operation, input, options)) };
  }

  startOrchestration(target: unknown, input?: unknown, options: Options = {}): string {
    const name = targetName(target, "orchestrator", "ctx.startOrchestration");
    const { by, actions } = this.#use("startOrchestration");
    const where = `ctx.startOrchestration "${name}"`;
    parseOptions(options, START_OPTIONS, where);
    const given = optional(options, "instanceId", where, idOption);
    // Its code may run twice, and only what one run sent counts: an id by chance is as good as any.
    const instanceId = given ?? toInstanceId(this.#host.ids.orderedGuid());
    actions.push({
      ...{ kind: "startOrchestration", by, name, instanceId, minted: given === undefined },
      input: this.#host.encoder.encode(input, `input of orchestrator "${name}"`),
      version: optional(options, "version", where, checkedVersion) ?? versionIn(target) ?? this.#host.functions.versionOf(name),
      tags: optional(options, "tags", where, tagsOption) ?? null,
      startAt: this.#timeOf(options, "startAt", where),
    });
    return instanceId;
  }

  #signal(instanceId: InstanceId, operation: string, input: unknown, options: unknown): void {
    const where = `signal "${operation}" to ${instanceId}`;
    const { by, actions } = this.#use(where);
    const due = this.#timeOf(parseOptions(options, SIGNAL_OPTIONS, where), "at", where);
    const payload = this.#host.encoder.encode(input, `input of ${where}`);
    actions.push({ kind: "signalEntity", by, instanceId, operation, input: payload, due });
  }

  #timeOf(options: Options, option: string, where: string): number | null {
    const when = options[option];
    if (when === undefined) return null;
    return parseDate(when) ?? timeAfter(this.#place.now, durationOption(when, where, option, `a Date, or ${DURATION_FORM}`));
  }

  #use(what: string): OpenOperation {
    if (!this.#open.isOver) return this.#open;
    throw fault(
      "CALL_INVALID",
      `operation "${this.#open.name}" of ${this.#place.instanceId}`,
      `its context was used (${what}) after the operation had ended. Await what it begins`,
    );
  }
}

keepThis(OperationContext);

function idOption(value: unknown): InstanceId {
  const problem = instanceIdProblem(value);
  if (problem !== null || typeof value !== "string") throw fault("CHILD_ID_INVALID", value, problem ?? "");
  return toInstanceId(value);
}
