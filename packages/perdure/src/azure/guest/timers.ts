import type { TimerTrigger } from "../../app-threads/guest.ts";
import { fault } from "../../errors/perdure-error.ts";
import { timeWords } from "../../errors/time-words.ts";
import type { Schedule } from "../../functions/schedule.ts";
import { timer } from "../../functions/schedule.ts";
import type { ActivityRequest } from "../../model/executor.ts";
import { failureOf } from "../../replay/failures/failure-of.ts";
import { nextTime } from "../../schedules/cron.ts";
import type { DueRun, RunOutcome, ScheduleSpec } from "../../schedules/spec.ts";
import { scheduleActivity } from "../../schedules/spec.ts";
import { intervalOf, intervalSpecs } from "../interval-timers.ts";
import { pause } from "../triggers/polling.ts";
import type { RpcRetryContext } from "./core-types.ts";
import type { FunctionLog } from "./function-log.ts";
import type { AzureFunction, FunctionTable } from "./function-table.ts";
import type { Invoker } from "./invoker.ts";
import type { FunctionRetry } from "./retry-policy.ts";

/** What is before the first run, as .NET writes it. */
const NEVER = "0001-01-01T00:00:00";
const DEFAULT_ZONE = "UTC";
const DONE: RunOutcome = { started: null, skipped: null };

export interface TimersParts {
  readonly table: FunctionTable;
  readonly invoker: Invoker;
  readonly log: FunctionLog;
  readonly timeZone: string | undefined;
}

interface TimerFunction {
  readonly trigger: TimerTrigger;
  readonly spec: ScheduleSpec;
  readonly intervalMs: number | null;
}

/** Timer functions are orchestrations behind the scenes, as timers of native apps are: one run at a time over all workers, and one for what was missed. */
export class Timers {
  /** Of those with a pattern of cron. */
  readonly schedules: readonly Schedule[];
  /** Of those whose schedule is a TimeSpan. */
  readonly intervals: readonly ScheduleSpec[];
  readonly #parts: TimersParts;
  readonly #byActivity = new Map<string, TimerFunction>();

  constructor(parts: TimersParts) {
    const { table, timeZone = DEFAULT_ZONE } = parts;
    this.#parts = parts;
    this.intervals = intervalSpecs(table.triggers);
    const triggers = table.triggers.filter((trigger) => trigger.kind === "timer");
    this.schedules = triggers
      .filter(({ schedule }) => intervalOf(schedule) === null)
      .map(({ name, schedule, useMonitor }) => timer(name, schedule, { timeZone, catchUp: useMonitor ? "once" : "none" }, () => {}));
    const specs = [...this.intervals, ...this.schedules.map(({ spec }) => spec)];
    for (const trigger of triggers) {
      const spec = specs.find(({ name }) => name === trigger.name);
      if (spec !== undefined)
        this.#byActivity.set(scheduleActivity(trigger.name), { trigger, spec, intervalMs: intervalOf(trigger.schedule) });
    }
  }

  isActivity(name: string): boolean {
    return this.#byActivity.has(name);
  }

  /** Invokes the function that is due, again and again as its retry policy says. Rejects with what it threw last, or with why it was to stop. */
  async run({ name, input, instanceId }: ActivityRequest, signal: AbortSignal): Promise<RunOutcome> {
    const { table, invoker } = this.#parts;
    const found = this.#byActivity.get(name);
    const fn = found === undefined ? null : table.find("timer", found.trigger.name);
    if (found === undefined || fn === null) throw fault("INTERNAL", `a timer "${name}" was due that the app does not have`);
    const due = JSON.parse(input ?? "null") as DueRun; // written by the orchestration behind it
    const data = [{ name: fn.trigger, data: { json: JSON.stringify(timerInfo(found, due)) } }];
    const attempt = (retry: RpcRetryContext | undefined) =>
      invoker.run(fn, { data, instanceId, ...(retry === undefined ? {} : { retry }) }, async () => {}); // it answers nothing
    await this.#retried(fn, attempt, signal);
    return DONE;
  }

  async #retried(fn: AzureFunction, attempt: (retry: RpcRetryContext | undefined) => Promise<unknown>, signal: AbortSignal): Promise<void> {
    const { retry } = fn;
    let context: RpcRetryContext | undefined = retry === null ? undefined : { retryCount: 0, maxRetryCount: retry.maxRetryCount };
    for (;;) {
      try {
        await attempt(context);
        return;
      } catch (error) {
        const next = (context?.retryCount ?? 0) + 1;
        if (retry === null || (retry.maxRetryCount !== -1 && next > retry.maxRetryCount)) throw error;
        await this.#pause(fn, retry, next, signal);
        context = { retryCount: next, maxRetryCount: retry.maxRetryCount, exception: exceptionOf(error) };
      }
    }
  }

  async #pause({ name }: AzureFunction, retry: FunctionRetry, next: number, signal: AbortSignal): Promise<void> {
    const ms = retry.pauseMs(next);
    const most = retry.maxRetryCount === -1 ? "" : ` of ${retry.maxRetryCount}`;
    this.#parts.log.write(
      name,
      "information",
      "system",
      `Waiting for ${timeWords(ms)} before retry ${next}${most} of 'Functions.${name}'`,
      {
        function: name,
      },
    );
    await pause(ms, signal);
    signal.throwIfAborted();
  }
}

function exceptionOf(error: unknown): NonNullable<RpcRetryContext["exception"]> {
  const { message, stack = "" } = failureOf(error);
  return { message, stackTrace: stack, source: "" };
}

/** As on Azure, `Next` is the time for which it runs, or that comes next if it was not due. */
function timerInfo({ trigger, spec, intervalMs }: TimerFunction, { scheduledFor, isPastDue, isTriggered, last }: DueRun): object {
  const text = (ms: number | null) => (ms === null ? NEVER : new Date(ms).toISOString());
  const following = () => (intervalMs === null ? nextTime(spec, scheduledFor) : scheduledFor + intervalMs);
  const status = { Last: text(last), LastUpdated: text(last), Next: text(isTriggered ? following() : scheduledFor) };
  const isMonitored = trigger.useMonitor;
  return {
    Schedule: { AdjustForDST: intervalMs === null },
    ScheduleStatus: isMonitored ? status : null,
    IsPastDue: isMonitored && isPastDue,
  };
}
