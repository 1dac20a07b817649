import type { TaskKey } from "../model/executor.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { FinishedTask } from "../store/commit.ts";
import type { StoreDump } from "../store/contract.ts";
import { firstGenerationOf } from "./first-generation.ts";
import type { Report } from "./observations.ts";
import { callsOfOriginal } from "./observed-end.ts";
import type { ShadowInstance, ShadowInstances } from "./shadow-instances.ts";

const keyText = (key: TaskKey) => `${key.no}:${key.generation}:${key.eventId}`;

/** Which calls were seen to, and how they ended: of those that are open when their orchestration ends no history says it. */
export class ScheduledCalls {
  readonly #seenTo = new Set<string>();
  readonly #results = new Map<string, Set<string>>();

  began(key: TaskKey): void {
    this.#seenTo.add(keyText(key));
  }

  ended(key: TaskKey, result: string): void {
    const text = keyText(key);
    const results = this.#results.get(text);
    if (results === undefined) this.#results.set(text, new Set([result]));
    else results.add(result);
  }

  readonly ranTo = (key: TaskKey, result: string): boolean => this.#results.get(keyText(key))?.has(result) === true;

  /** With a result that no run of it brought, a row ends too: no worker has the function. */
  finished(rows: readonly FinishedTask[]): void {
    for (const row of rows) if (row.message !== null) this.#seenTo.add(keyText(row));
  }

  /** Of the runs that are still stored: a purge takes the calls of its run as well. What has a row is still to run. */
  check(shadows: ShadowInstances, dump: StoreDump, report: Report): void {
    const waits = new Set(dump.tasks.map(keyText));
    for (const { no } of dump.instances) {
      const shadow = shadows.get(no);
      if (shadow === undefined) continue;
      for (const key of leftCallsOf(shadow)) {
        if (key.some((one) => this.#seenTo.has(one) || waits.has(one))) continue;
        report("scheduled-ran", shadow, `the call ${key.at(-1)} was recorded as scheduled, and never began`);
      }
    }
  }
}

/** What each was open as: a rewind takes calls over into its generation, with their numbers. */
function leftCallsOf(shadow: ShadowInstance): readonly (readonly string[])[] {
  const calls: (readonly string[])[] = [];
  for (const [generation, events] of shadow.history) {
    if (!leavesCalls(shadow, generation, events.at(-1))) continue;
    const isOfOriginal = callsOfOriginal(events);
    const answered = new Set(events.map((event) => ("taskId" in event ? event.taskId : null)));
    for (const event of events) {
      if (event.kind !== "TaskScheduled" || answered.has(event.id) || isOfOriginal(event.id)) continue;
      const first = firstGenerationOf(events, generation, event.id);
      const generations = Array.from({ length: generation - first + 1 }, (_, at) => first + at);
      calls.push(generations.map((one) => keyText({ no: shadow.no, generation: one, eventId: event.id })));
    }
  }
  return calls;
}

/** It ended by itself, and no rewind has taken its calls over. */
function leavesCalls({ generation: last }: ShadowInstance, generation: number, event: HistoryEvent | undefined): boolean {
  if (event?.kind === "ContinueAsNew") return true;
  return event?.kind === "ExecutionCompleted" && event.status !== "Terminated" && generation === last;
}
