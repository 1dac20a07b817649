import { fault } from "../errors/perdure-error.ts";
import type { Duration } from "../model/duration.ts";
import { instanceIdProblem } from "../model/ids.ts";
import type { Options } from "../model/options.ts";
import { durationOption, optional, parseOptions, stringOption } from "../model/options.ts";
import { targetName } from "../model/target.ts";
import type { ActivityContextCore, ActivityDefinition } from "../replay/functions/definition.ts";
import type { RetryOptions } from "../replay/functions/retry-options.ts";
import { parseRetry } from "../replay/functions/retry-options.ts";
import type { DueRun, RunOutcome, ScheduleSpec } from "../schedules/spec.ts";
import { SCHEDULE_TAG, scheduleActivity } from "../schedules/spec.ts";
import type { FunctionLogger } from "../telemetry/function-logger.ts";
import type { DurableClient, InputField } from "./client-types.ts";
import { checkedName } from "./names.ts";
import { handlerOf } from "./options.ts";
import type { AnyOrchestratorRef, InputOf } from "./references.ts";

/** One time at which a schedule runs. */
export interface ScheduledRun {
  /** Name of the schedule or timer. */
  readonly name: string;
  /** The time for which it was scheduled; of a run that was triggered by hand, when that was. */
  readonly scheduledFor: Date;
  /** It begins more than 10 seconds late, or times before it could not be kept: no worker ran. */
  readonly isPastDue: boolean;
  /** It was triggered by hand. */
  readonly isTriggered: boolean;
  /** `scheduledFor` of the run before; null for the first one. */
  readonly last: Date | null;
}

/** What the handler of a timer is given. */
export interface TimerContext extends ScheduledRun {
  readonly client: DurableClient;
  readonly log: FunctionLogger;
  /** Fires on timeout and shutdown. */
  readonly signal: AbortSignal;
  /** The same for all attempts and deliveries of this run, and no other run's. */
  readonly idempotencyKey: string;
}

export interface TimingOptions {
  /** IANA name of the time zone in which the pattern is read. Default "UTC". */
  readonly timeZone?: string;
  /** Times that passed while no worker ran: "once", one run for all of them, with `isPastDue`; "none", no run. Default "once". */
  readonly catchUp?: "once" | "none";
}

export interface TimerOptions extends TimingOptions {
  /** Default: a run that fails is not tried again. */
  readonly retry?: RetryOptions;
  /** An attempt that takes longer fails. */
  readonly timeout?: Duration;
}

/** Options of a schedule; `input` is required exactly when the orchestrator needs one. */
export type ScheduleOptions<In> = TimingOptions & {
  /** Whether a run is left out while the orchestration that was started last has not ended. Default "skip". */
  readonly overlap?: "skip" | "allow";
} & (InputField<In> | { readonly input: (run: ScheduledRun) => In });

type ScheduleArgs<In> = Record<never, never> extends InputField<In> ? [options?: ScheduleOptions<In>] : [options: ScheduleOptions<In>];

/** A schedule or a timer. It is exported, or listed, like a function. */
export interface Schedule {
  readonly kind: "schedule";
  readonly name: string;
  /** @internal */
  readonly spec: ScheduleSpec;
  /** @internal */
  readonly activity: ActivityDefinition;
  /** @internal The author's code in it. */
  readonly source: string;
}

const TIMING = ["timeZone", "catchUp"];
/** For starts, which may be repeated: a store may be away for a moment. */
const START_RETRY = { maxAttempts: 10, firstInterval: "1s", backoff: 2, maxInterval: "1m" } as const;

/**
 * Starts an orchestration at each time that fits a cron pattern (`minute hour day month weekday`, or six fields with seconds first), once across all
 * workers. Day of month and day of week must both fit, unlike Unix cron. Throws errors that name the option.
 */
export function schedule<Ref extends AnyOrchestratorRef | string>(
  name: string,
  cron: string,
  ref: Ref,
  ...rest: ScheduleArgs<InputOf<Ref>>
): Schedule;
export function schedule(name: string, cron: string, ref: AnyOrchestratorRef | string, given?: unknown): Schedule {
  const checked = scheduleName(name);
  const where = `schedule "${checked}"`;
  const starts = targetName(ref, "orchestrator", where);
  const options = parseOptions(given, [...TIMING, "overlap", "input"], where);
  const overlap = options.overlap ?? "skip";
  if (overlap !== "skip" && overlap !== "allow") throw fault("OPTION_INVALID", where, "overlap", overlap, '"skip" or "allow"');
  const spec: ScheduleSpec = { name: checked, cron: cronOf(cron, where), ...timingOf(options, where), overlap, starts };
  const { input } = options;
  const run = (due: unknown, context: ActivityContextCore) => startDue(spec, ref, input, due as DueRun, context.client as DurableClient);
  const activity = { ...definitionOf(checked), retry: parseRetry(START_RETRY, where), run };
  return { kind: "schedule", name: checked, spec, activity, source: typeof input === "function" ? String(input) : "" };
}

/**
 * Runs a function at each time that fits a cron pattern, once across all workers; the next time is looked for when it has ended, so it never overlaps itself.
 * A run that is interrupted is run again.
 */
export function timer(name: string, cron: string, handler: (context: TimerContext) => unknown): Schedule;
export function timer(name: string, cron: string, options: TimerOptions, handler: (context: TimerContext) => unknown): Schedule;
export function timer(name: string, cron: string, ...rest: readonly unknown[]): Schedule {
  const checked = scheduleName(name);
  const where = `timer "${checked}"`;
  const { options: given, handler } = handlerOf(rest, where);
  const options = parseOptions(given, [...TIMING, "retry", "timeout"], where);
  const spec: ScheduleSpec = { name: checked, cron: cronOf(cron, where), ...timingOf(options, where), overlap: "skip", starts: null };
  const run = async (due: unknown, context: ActivityContextCore): Promise<RunOutcome> => {
    const { log, signal, idempotencyKey } = context;
    await handler({ ...scheduledRun(checked, due as DueRun), client: context.client as DurableClient, log, signal, idempotencyKey });
    return { started: null, skipped: null };
  };
  const activity = {
    ...definitionOf(checked),
    retry: options.retry === undefined ? null : parseRetry(options.retry, where),
    timeoutMs: optional(options, "timeout", where, durationOption) ?? null,
    run,
  };
  return { kind: "schedule", name: checked, spec, activity, source: String(handler) };
}

const definitionOf = (name: string) => ({ name: scheduleActivity(name), timeoutMs: null, input: null, output: null });

/** The id is made of name and time, so a start that is repeated finds the orchestration that it has started. */
async function startDue(
  { name, overlap }: ScheduleSpec,
  ref: AnyOrchestratorRef | string,
  input: unknown,
  due: DueRun,
  client: DurableClient,
): Promise<RunOutcome> {
  const before = due.lastInstanceId;
  if (overlap === "skip" && !due.isTriggered && before !== null && (await isLive(client, before)))
    return { started: null, skipped: `${before} has not ended` };
  const run = scheduledRun(name, due);
  const value: unknown = typeof input === "function" ? await (input as (run: ScheduledRun) => unknown)(run) : input;
  const instanceId = `${name}:${run.scheduledFor.toISOString()}`;
  const settings = { input: value, instanceId, onExisting: "attach", tags: { [SCHEDULE_TAG]: name } } as const;
  await (client.startNew as (ref: AnyOrchestratorRef | string, settings: object) => Promise<unknown>)(ref, settings);
  return { started: instanceId, skipped: null };
}

async function isLive(client: DurableClient, instanceId: string): Promise<boolean> {
  const status = await client.getStatus(instanceId, { showInput: false });
  return status !== null && !["Completed", "Failed", "Terminated"].includes(status.runtimeStatus);
}

const scheduledRun = (name: string, { scheduledFor, isPastDue, isTriggered, last }: DueRun): ScheduledRun => ({
  name,
  scheduledFor: new Date(scheduledFor),
  isPastDue,
  isTriggered,
  last: last === null ? null : new Date(last),
});

/** Part of the ids of what it starts: with a time of 24 characters behind it. */
const LONGEST_NAME = 200;

function scheduleName(name: unknown): string {
  const checked = checkedName(name);
  const problem =
    checked.length > LONGEST_NAME ? `it has ${checked.length} characters, more than ${LONGEST_NAME}` : instanceIdProblem(checked);
  if (problem !== null)
    throw fault("FUNCTION_NAME_INVALID", name, `${problem} (it is part of the ids of what the schedule starts)`, "function");
  return checked;
}

/** Fields with one space between them: the same pattern is the same text. */
function cronOf(cron: unknown, where: string): string {
  const fields = typeof cron === "string" ? cron.trim().split(/\s+/) : [];
  if (fields.length !== 5 && fields.length !== 6)
    throw fault("OPTION_INVALID", where, "cron", cron, "five fields (minute hour day month weekday), or six with seconds first");
  return fields.join(" ");
}

function timingOf(options: Options, where: string): Pick<ScheduleSpec, "timeZone" | "catchUp"> {
  const catchUp = options.catchUp ?? "once";
  if (catchUp !== "once" && catchUp !== "none") throw fault("OPTION_INVALID", where, "catchUp", catchUp, '"once" or "none"');
  return { timeZone: optional(options, "timeZone", where, stringOption) ?? "UTC", catchUp };
}
