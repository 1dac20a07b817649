import { isEditMark } from "../../model/edit-mark.ts";
import type { HistoryEvent, HistoryEventKind } from "../../model/history.ts";
import type { Invariant } from "./invariant.ts";
import type { DumpView, GenerationView } from "./view.ts";

/** What a single generation's history must look like; no row is looked at. */
export const historyInvariants: readonly Invariant[] = [
  {
    id: "history-contiguous",
    sentence: "The history rows of a generation follow each other without a gap or an overlap, from position 0.",
    check: eachGeneration((view, report) => {
      let next = 0;
      for (const chunk of view.chunks) {
        if (chunk.firstSeq !== next) report(`generation ${view.generation} has a row at ${chunk.firstSeq} where ${next} was expected`);
        next = chunk.firstSeq + chunk.count;
      }
    }),
  },
  {
    id: "history-readable",
    sentence: "Every history row is a JSON array of as many known events as it says.",
    check: eachGeneration((view, report) => {
      for (const problem of view.unreadable) report(problem);
    }),
  },
  {
    id: "history-time",
    sentence: "Within a generation the time of events never falls.",
    check: eachGeneration((view, report) => {
      let last = Number.NEGATIVE_INFINITY;
      for (const [at, event] of view.events.entries()) {
        if (event.ts < last) report(`event ${at} (${event.kind}) of generation ${view.generation} is at ${event.ts}, after one at ${last}`);
        last = event.ts;
      }
    }),
  },
  {
    id: "history-episodes",
    sentence: "Actions stand inside an episode and what comes in stands outside; episodes do not nest, and none opens while suspended.",
    check: eachGeneration(checkEpisodes),
  },
  {
    id: "history-started",
    sentence:
      "ExecutionStarted follows the first OrchestratorStarted, once, and names its own generation, or before the mark of an edit an earlier one.",
    check: eachGeneration((view, report) => {
      const first = view.events.findIndex((event) => event.kind === "OrchestratorStarted");
      for (const [at, event] of view.events.entries()) {
        if (event.kind !== "ExecutionStarted") continue;
        if (at !== first + 1)
          report(`ExecutionStarted stands at ${at} of generation ${view.generation}, not right after the first OrchestratorStarted`);
        const isCopy = view.events.slice(at).some(isEditMark);
        if (isCopy ? event.generation < 0 : event.generation !== view.generation)
          report(`ExecutionStarted of generation ${view.generation} says ${event.generation}`);
      }
      const next = view.events[first + 1];
      if (first >= 0 && next !== undefined && next.kind !== "ExecutionStarted")
        report(`the first episode of generation ${view.generation} begins without ExecutionStarted`);
    }),
  },
  {
    id: "history-ends-once",
    sentence: "ExecutionCompleted is the last event of its generation.",
    check: eachGeneration((view, report) => {
      const end = view.events.findIndex((event) => event.kind === "ExecutionCompleted");
      const after = view.events[end + 1];
      if (end >= 0 && after !== undefined) report(`${after.kind} stands behind ExecutionCompleted in generation ${view.generation}`);
    }),
  },
  {
    id: "history-actions-numbered",
    sentence: "The numbers of the actions of a generation rise; some may be left out.",
    check: eachGeneration((view, report) => {
      let last = -1;
      for (const event of view.events) {
        if (!("id" in event)) continue;
        if (event.id <= last) report(`${event.kind} of generation ${view.generation} has the number ${event.id}, after ${last}`);
        last = Math.max(last, event.id);
      }
    }),
  },
  {
    id: "history-completions",
    sentence: "Every completion names something of its kind that was scheduled before it, and nothing has two.",
    check: eachGeneration(checkCompletions),
  },
  {
    id: "timer-not-early",
    sentence: "A timer fires at the time it was created for, not before it, and not after it was cancelled.",
    check: eachGeneration(checkTimers),
  },
  {
    id: "edit-mark",
    sentence:
      "The mark of a rewind or fork accepts answers to earlier generations alone, for calls before it, and what it took out has none there.",
    check: eachGeneration(checkMarks),
  },
  {
    id: "message-once",
    sentence: "A message id that a sender chose is recorded at most once in a generation, and not if it was kept from an earlier one.",
    check: eachGeneration((view, report) => {
      const seen = new Set<string>();
      for (const event of view.events) {
        if (event.kind === "MessageIdsKept") for (const { id } of event.ids) seen.add(id);
        if (event.kind !== "EventRaised" || event.messageId === undefined) continue;
        if (seen.has(event.messageId)) report(`event "${event.name}" with message id "${event.messageId}" is recorded twice`);
        seen.add(event.messageId);
      }
    }),
  },
];

function eachGeneration(check: (view: GenerationView, report: (detail: string) => void) => void): Invariant["check"] {
  return (view: DumpView, report) => {
    for (const generation of view.generations) check(generation, (detail) => report(generation.no, detail));
  };
}

const INSIDE: ReadonlySet<HistoryEventKind> = new Set([
  "ExecutionStarted",
  "TaskScheduled",
  "SubOrchestrationInstanceCreated",
  "TimerCreated",
  "TimerCanceled",
  "EventSent",
  "EntityOperationCalled",
  "EntityOperationSignaled",
  "EntityLockRequested",
  "EntityUnlockSent",
  "PatchMarked",
]);

function checkEpisodes(view: GenerationView, report: (detail: string) => void): void {
  let open = false;
  let suspended = false;
  for (const [at, event] of view.events.entries()) {
    const where = `${event.kind} at ${at} of generation ${view.generation}`;
    if (event.kind === "OrchestratorStarted") {
      if (open) report(`${where} opens an episode inside another`);
      if (suspended) report(`${where} opens an episode while suspended`);
      open = true;
    } else if (event.kind === "OrchestratorCompleted") {
      if (!open) report(`${where} closes no episode`);
      open = false;
    } else if (INSIDE.has(event.kind) !== open) report(`${where} stands ${open ? "inside" : "outside"} an episode`);
    if (event.kind === "ExecutionSuspended") suspended = true;
    if (event.kind === "ExecutionResumed") suspended = false;
  }
  if (open) report(`the last episode of generation ${view.generation} is not closed`);
}

type Scheduled = Extract<HistoryEvent, { readonly id: unknown }>["kind"];

const COMPLETES: { readonly [Kind in HistoryEventKind]?: Scheduled } = {
  TaskCompleted: "TaskScheduled",
  TaskFailed: "TaskScheduled",
  SubOrchestrationInstanceCompleted: "SubOrchestrationInstanceCreated",
  SubOrchestrationInstanceFailed: "SubOrchestrationInstanceCreated",
  TimerFired: "TimerCreated",
  EntityOperationCompleted: "EntityOperationCalled",
  EntityOperationFailed: "EntityOperationCalled",
  EntityLockGranted: "EntityLockRequested",
};

function checkCompletions(view: GenerationView, report: (detail: string) => void): void {
  const scheduled = new Map<number, HistoryEventKind>();
  const done = new Set<number>();
  for (const event of view.events) {
    if ("id" in event) scheduled.set(event.id, event.kind);
    const expected = COMPLETES[event.kind];
    if (expected === undefined) continue;
    const of = event.kind === "TimerFired" ? event.timerId : "taskId" in event ? event.taskId : -1;
    if (scheduled.get(of) !== expected)
      report(`${event.kind} of generation ${view.generation} names ${of}, which is ${scheduled.get(of) ?? "nothing"}`);
    if (done.has(of)) report(`${of} of generation ${view.generation} has a second completion, ${event.kind}`);
    done.add(of);
  }
}

function checkMarks({ events, generation }: GenerationView, report: (detail: string) => void): void {
  const forked = events.findLastIndex(({ kind }) => kind === "ExecutionForked");
  for (const [at, mark] of events.entries()) {
    if (!isEditMark(mark) || at < forked) continue; // those before it speak of the generations of the original
    const before = events.slice(0, at);
    const last = before.reduce((most, event) => ("id" in event ? Math.max(most, event.id) : most), -1);
    for (const accepted of mark.replies) {
      if (accepted.generation >= generation)
        report(`a mark of generation ${generation} accepts answers to generation ${accepted.generation}`);
      if (accepted.upTo > last)
        report(`a mark of generation ${generation} accepts answers up to ${accepted.upTo}, and the last call is ${last}`);
    }
    if (mark.kind === "ExecutionForked") continue; // its results are edited, not taken out
    const answers = new Set(before.map((event) => (event.kind === "TimerFired" ? event.timerId : "taskId" in event ? event.taskId : null)));
    for (const id of mark.edited)
      if (answers.has(id)) report(`${id} of generation ${generation} was taken out, and is answered before the mark`);
  }
}

function checkTimers(view: GenerationView, report: (detail: string) => void): void {
  const open = new Map<number, number>();
  const cancelled = new Set<number>();
  for (const event of view.events) {
    if (event.kind === "TimerCreated") open.set(event.id, event.fireAt);
    if (isEditMark(event)) for (const { id, fireAt } of event.timers ?? []) open.set(id, fireAt);
    if (event.kind === "TimerCanceled") {
      if (!open.has(event.timerId)) report(`timer ${event.timerId} of generation ${view.generation} is cancelled and was never created`);
      cancelled.add(event.timerId);
    }
    if (event.kind !== "TimerFired") continue;
    const due = open.get(event.timerId);
    if (due !== undefined && event.fireAt !== due) report(`timer ${event.timerId} was created for ${due} and fired for ${event.fireAt}`);
    if (event.ts < event.fireAt) report(`timer ${event.timerId} fired at ${event.ts}, ${event.fireAt - event.ts} ms early`);
    if (cancelled.has(event.timerId)) report(`timer ${event.timerId} fired after it was cancelled`);
  }
}
