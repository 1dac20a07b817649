import { isEditMark } from "../model/edit-mark.ts";
import type { EpisodeOutcome } from "../model/executor.ts";
import type { Failure } from "../model/failure.ts";
import type { ExecutionCompleted, HistoryEvent } from "../model/history.ts";

/** Nothing has run since it was edited: what of it does not replay is taken back when it runs. */
export function isFreshlyEdited(history: readonly HistoryEvent[]): boolean {
  const mark = history.findLastIndex(isEditMark);
  return mark >= 0 && !history.slice(mark).some(({ kind }) => kind === "OrchestratorStarted");
}

export interface OtherEnd {
  readonly asked: string;
  readonly recorded: string;
  /** From 1. */
  readonly position: number;
}

const STATUS = { completed: "Completed", failed: "Failed", continuedAsNew: "ContinuedAsNew" } as const;

/** What a comparison of episodes does not see: whether the code ends where its history does. Null: it does, or something else has ended it. */
export function otherEnd(history: readonly HistoryEvent[], outcome: EpisodeOutcome | null): OtherEnd | null {
  const end = endByCode(history);
  if (end === "other") return null;
  const asked = outcome === null ? null : STATUS[outcome.kind];
  if ((end?.status ?? null) === asked) return null;
  return {
    asked: asked === null ? "nothing more" : endText(asked, outcome?.kind === "failed" ? outcome.failure : undefined),
    recorded: end === null ? "no end" : endText(end.status, end.failure),
    position: end === null ? history.length : history.lastIndexOf(end) + 1,
  };
}

/** How its code ended; null: it has not. `other`: it was ended by something else, such as a terminate. */
function endByCode(history: readonly HistoryEvent[]): ExecutionCompleted | null | "other" {
  const at = history.findLastIndex((event) => event.kind === "ExecutionCompleted");
  const end = history[at];
  if (end?.kind !== "ExecutionCompleted") return null;
  const before = history[at - 1]?.kind === "ContinueAsNew" ? history[at - 2] : history[at - 1];
  return end.status === "Terminated" || before?.kind !== "OrchestratorCompleted" ? "other" : end;
}

const endText = (status: string, failure: Failure | undefined): string =>
  failure === undefined ? `its end as ${status}` : `its end as ${status}: ${failure.message}`;
