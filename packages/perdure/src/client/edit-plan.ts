import { openCalls } from "../core/edit-mark.ts";
import type { Draft } from "../core/rewind.ts";
import type { EditPlan } from "../functions/rerun-types.ts";
import { isEditMark } from "../model/edit-mark.ts";
import type { HistoryEvent } from "../model/history.ts";

/** What follows from an edited history before any code has looked at it: the replay may take back more of it. */
export function planOf(instanceId: string, draft: Draft, edited: readonly HistoryEvent[], rewinds: readonly EditPlan[] = []): EditPlan {
  const activities = [...openCalls(draft, "TaskScheduled").values()].map(({ id, name }) => ({ eventId: id, name }));
  const mark = edited.find(isEditMark);
  const timers = (mark?.timers ?? []).map(({ id, fireAt }) => ({ eventId: id, fireAt }));
  const { droppedEpisodes } = draft;
  return { instanceId, activities, timers, droppedEpisodes, rewinds };
}
