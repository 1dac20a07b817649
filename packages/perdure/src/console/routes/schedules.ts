import { fault } from "../../errors/perdure-error.ts";
import type { ScheduleStatus } from "../../functions/schedule-client.ts";
import { logAction } from "../action-log.ts";
import type { ConsoleCall } from "../call.ts";
import { param } from "../call.ts";
import { bodyOptions } from "../request-parts.ts";
import type { ScheduleAction, ScheduleInfo, ScheduleList } from "../wire.ts";

export async function listSchedules({ hub }: ConsoleCall): Promise<ScheduleList> {
  return { schedules: (await hub.schedules.list()).map(infoOf) };
}

const infoOf = ({ next, last, ...schedule }: ScheduleStatus): ScheduleInfo => ({
  ...schedule,
  next: next?.getTime() ?? null,
  last: last?.getTime() ?? null,
});

const ACTIONS: readonly ScheduleAction[] = ["pause", "resume", "trigger"];

export async function actOnSchedule(call: ConsoleCall): Promise<ScheduleList> {
  const action = ACTIONS.find((one) => one === param(call, "action"));
  if (action === undefined) throw fault("CONSOLE_NOT_FOUND", `${call.where}: the action ${JSON.stringify(param(call, "action"))}`);
  await bodyOptions(call, []);
  const name = param(call, "name");
  await call.hub.schedules[action](name);
  logAction(call, action, `the schedule "${name}"`, { schedule: name });
  return listSchedules(call);
}
