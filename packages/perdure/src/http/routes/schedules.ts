import { fault } from "../../errors/perdure-error.ts";
import type { ScheduleStatus } from "../../functions/schedule-client.ts";
import type { ManagementCall } from "../management-call.ts";
import type { ScheduleOperation } from "../management-path.ts";
import { emptyResponse, jsonResponse } from "../responses.ts";
import { fullTime } from "../wire/times.ts";

/** Not in Azure, as all of this file. */
export async function listSchedules(call: ManagementCall): Promise<Response> {
  const schedules = await call.schedules.list();
  return jsonResponse(200, JSON.stringify(schedules.map(scheduleObject)));
}

export async function tellSchedule(call: ManagementCall, operation: ScheduleOperation, name: string): Promise<Response> {
  if (call.isClosing()) throw fault("HOST_STOPPING");
  await call.schedules[operation](name);
  return emptyResponse(202);
}

const scheduleObject = (schedule: ScheduleStatus) => ({ ...schedule, next: timeOf(schedule.next), last: timeOf(schedule.last) });

const timeOf = (time: Date | null): string | null => (time === null ? null : fullTime(time.getTime()));
