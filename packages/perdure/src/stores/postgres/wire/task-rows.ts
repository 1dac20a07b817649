import { functionKey } from "../../../model/function-name.ts";
import { slotId } from "../../../model/slot.ts";
import type { FinishedTask, GivenBackTask, NewTask, TaskCancel, TaskHeartbeat } from "../../../store/commit.ts";
import { oneOrZero, orMinusOne } from "../../row-columns.ts";
import { layout } from "./layout.ts";

/** `finish_tasks`. */
export const FINISHED_TASK = layout<FinishedTask>()({
  no: { number: ({ no }) => no },
  generation: { number: ({ generation }) => generation },
  eventId: { number: ({ eventId }) => eventId },
  attempts: { number: ({ attempts }) => attempts },
});

/** `add_tasks`. `claimed` is the number of attempts, too: 1 for the worker that commits, 0 for a free task. */
export const NEW_TASK = layout<NewTask>()({
  no: { number: ({ no }) => no },
  generation: { number: ({ generation }) => generation },
  eventId: { number: ({ eventId }) => eventId },
  claimed: { number: ({ claimed }) => oneOrZero(claimed) },
  notBefore: { number: ({ notBefore }) => notBefore },
  crashes: { number: ({ crashes }) => crashes },
  instanceId: { text: ({ instanceId }) => instanceId, what: "instance id" },
  name: { common: ({ name }) => name },
  nameKey: { common: ({ name }) => functionKey(name) },
  slot: { text: ({ name, slot }) => (slot === undefined ? null : slotId(name, slot.key)), what: "key" },
  slotLimit: { number: ({ slot }) => orMinusOne(slot?.limit) },
  body: { payload: ({ body }) => body },
  progress: { payload: ({ progress }) => progress },
});

/** `beat_tasks`. */
export const HEARTBEAT = layout<TaskHeartbeat>()({
  no: { number: ({ no }) => no },
  generation: { number: ({ generation }) => generation },
  eventId: { number: ({ eventId }) => eventId },
  progress: { payload: ({ progress }) => progress },
});

/** `give_back_tasks`. */
export const GIVEN_BACK_TASK = layout<GivenBackTask>()({
  no: { number: ({ no }) => no },
  generation: { number: ({ generation }) => generation },
  eventId: { number: ({ eventId }) => eventId },
  attempts: { number: ({ attempts }) => attempts },
  crashes: { number: ({ crashes }) => crashes },
});

/** `cancel_tasks`. `eventId` -1: all tasks of generations up to this one. */
export const CANCEL = layout<TaskCancel>()({
  no: { number: ({ no }) => no },
  generation: { number: ({ generation }) => generation },
  eventId: { number: ({ eventId }) => orMinusOne(eventId) },
});
