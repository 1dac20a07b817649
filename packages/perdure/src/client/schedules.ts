import { fault } from "../errors/perdure-error.ts";
import type { ScheduleClient, ScheduleStatus } from "../functions/schedule-client.ts";
import { functionKey } from "../model/function-name.ts";
import type { PayloadCodec } from "../model/payload.ts";
import { isTerminal } from "../model/status.ts";
import type { Control, ScheduleSpec, ScheduleState } from "../schedules/spec.ts";
import { CONTROL, newSchedule, SCHEDULE_IDS, SCHEDULER, sameSpec, scheduleActivity, scheduleId } from "../schedules/spec.ts";
import type { HubClient, InstanceStatus } from "./types.ts";

type Client = Pick<HubClient, "start" | "getStatus" | "raiseEvent" | "query" | "knownFunctions">;

const PAGE = 500;
const ALL = { createdFrom: null, createdTo: null, statuses: [], stopped: null, limit: PAGE } as const;

export interface ScheduleParts {
  readonly client: Client;
  /** Of the hub: schedules are recorded as all other values are. */
  readonly codec: PayloadCodec;
}

/** Written by `newSchedule` and by the scheduler. */
const stateOf = (codec: PayloadCodec, { input }: Pick<InstanceStatus, "input">): ScheduleState => codec.decode(input) as ScheduleState;

export function createScheduleClient(parts: ScheduleParts): ScheduleClient {
  return {
    list: () => listSchedules(parts),
    pause: (name) => tell(parts, name, { kind: "pause" }),
    resume: (name) => tell(parts, name, { kind: "resume" }),
    trigger: (name) => tell(parts, name, { kind: "trigger" }),
  };
}

/**
 * At the start of a worker: schedules of its app that do not exist, or have ended, begin; what the app says differently now is told to those that do. Of
 * several apps with one schedule the last to start has its way. Doing it twice changes nothing. `orchestrator`: what is behind them; a schedule that another one
 * was behind before is replaced.
 */
export async function defineSchedules(
  { client, codec }: ScheduleParts,
  specs: readonly ScheduleSpec[],
  orchestrator: string = SCHEDULER,
): Promise<void> {
  for (const spec of specs) {
    const start = { name: orchestrator, instanceId: scheduleId(spec.name) };
    const { kind } = await client.start({ ...start, input: codec.encode(newSchedule(spec)), onExisting: "error" });
    if (kind !== "conflict") continue;
    const status = await client.getStatus(start.instanceId);
    if (status === null) continue;
    const state = stateOf(codec, status);
    const { isPaused, last } = state;
    if (status.name !== orchestrator)
      await client.start({ ...start, input: codec.encode({ ...newSchedule(spec), isPaused, last }), onExisting: "replace" });
    else if (!sameSpec(state.spec, spec)) await send({ client, codec }, start.instanceId, { kind: "define", spec });
  }
}

async function tell(parts: ScheduleParts, name: unknown, control: Control): Promise<void> {
  const instanceId = typeof name === "string" ? scheduleId(name) : null;
  const outcome = instanceId === null ? "notFound" : await send(parts, instanceId, control);
  if (outcome !== "delivered")
    throw fault(
      "SCHEDULE_NOT_FOUND",
      name,
      (await listSchedules(parts)).map((one) => one.name),
    );
}

const send = async ({ client, codec }: ScheduleParts, instanceId: string, control: Control) =>
  (await client.raiseEvent({ instanceId, name: CONTROL, input: codec.encode(control) })).outcome;

async function listSchedules({ client, codec }: ScheduleParts): Promise<readonly ScheduleStatus[]> {
  const activities = (await client.knownFunctions())?.activity ?? null;
  const known = activities === null ? null : new Set(activities.map(functionKey));
  const found: ScheduleStatus[] = [];
  let continuation: string | null = null;
  do {
    const page: Awaited<ReturnType<Client["query"]>> = await client.query({ ...ALL, idPrefix: SCHEDULE_IDS, continuation });
    found.push(...page.instances.map((status) => shown(status, stateOf(codec, status), known)));
    continuation = page.continuation;
  } while (continuation !== null);
  return found.sort((a, b) => (functionKey(a.name) < functionKey(b.name) ? -1 : 1));
}

function shown(status: InstanceStatus, schedule: ScheduleState, known: ReadonlySet<string> | null): ScheduleStatus {
  const { spec, isPaused, next, last, lastInstanceId, lastProblem } = schedule;
  const isOffered = known === null || known.has(functionKey(scheduleActivity(spec.name)));
  const hasEnded = isTerminal(status.runtimeStatus);
  const state = !isOffered
    ? "removed"
    : !hasEnded
      ? isPaused
        ? "paused"
        : "active"
      : status.runtimeStatus === "Completed"
        ? "removed"
        : "ended";
  const { name, cron, timeZone, overlap, catchUp, starts } = spec;
  return {
    ...{ name, cron, timeZone, overlap, catchUp, starts, state },
    next: state !== "active" ? null : dateOf(next),
    last: dateOf(last),
    lastInstanceId,
    lastProblem,
  };
}

const dateOf = (ms: number | null | undefined): Date | null => (ms === null || ms === undefined ? null : new Date(ms));
