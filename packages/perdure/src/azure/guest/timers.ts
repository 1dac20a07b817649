import type { TimerTrigger } from "../../app-threads/guest.ts";
import type { Schedule } from "../../functions/schedule.ts";
import { timer } from "../../functions/schedule.ts";
import type { ActivityRequest } from "../../model/executor.ts";
import { nextTime } from "../../schedules/cron.ts";
import type { DueRun, RunOutcome, ScheduleSpec } from "../../schedules/spec.ts";
import { scheduleActivity } from "../../schedules/spec.ts";
import type { FunctionTable } from "./function-table.ts";
import type { Invoker } from "./invoker.ts";

/** What is before the first run, as .NET writes it. */
const NEVER = "0001-01-01T00:00:00";
const DEFAULT_ZONE = "UTC";

/** Timer functions are orchestrations behind the scenes, as timers of native apps are: one run at a time over all workers, and one for what was missed. */
export class Timers {
  readonly schedules: readonly Schedule[];
  readonly #table: FunctionTable;
  readonly #invoker: Invoker;
  readonly #byActivity = new Map<string, { readonly trigger: TimerTrigger; readonly spec: ScheduleSpec }>();

  constructor(table: FunctionTable, invoker: Invoker, timeZone: string = DEFAULT_ZONE) {
    this.#table = table;
    this.#invoker = invoker;
    this.schedules = table.triggers.flatMap((trigger) => {
      if (trigger.kind !== "timer") return [];
      const catchUp = trigger.useMonitor ? "once" : "none";
      const schedule = timer(trigger.name, trigger.schedule, { timeZone, catchUp }, () => {});
      this.#byActivity.set(scheduleActivity(trigger.name), { trigger, spec: schedule.spec });
      return [schedule];
    });
  }

  isActivity(name: string): boolean {
    return this.#byActivity.has(name);
  }

  /** Invokes the function that is due. Rejects with what it threw. */
  async run({ name, input, instanceId }: ActivityRequest): Promise<RunOutcome> {
    const found = this.#byActivity.get(name);
    const fn = found === undefined ? null : this.#table.find("timer", found.trigger.name);
    if (found === undefined || fn === null) throw new TypeError(`There is no timer "${name}".`);
    const due = JSON.parse(input ?? "null") as DueRun; // written by the scheduler
    const data = [{ name: fn.trigger, data: { json: JSON.stringify(timerInfo(found.trigger, found.spec, due)) } }];
    await this.#invoker.run(fn, { data, instanceId });
    return { started: null, skipped: null };
  }
}

function timerInfo({ useMonitor }: TimerTrigger, spec: ScheduleSpec, { scheduledFor, isPastDue, last }: DueRun): object {
  const text = (ms: number | null) => (ms === null ? NEVER : new Date(ms).toISOString());
  const status = { Last: text(last), LastUpdated: text(last), Next: text(nextTime(spec, scheduledFor)) };
  return { Schedule: { AdjustForDST: true }, ScheduleStatus: useMonitor ? status : null, IsPastDue: useMonitor && isPastDue };
}
