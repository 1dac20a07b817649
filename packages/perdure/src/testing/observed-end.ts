import { isDeepStrictEqual } from "node:util";
import type { AuditWhat } from "../model/audit.ts";
import type { TaskKey } from "../model/executor.ts";
import type { HistoryEvent } from "../model/history.ts";
import { ENTITY_MARK } from "../model/ids.ts";
import { isSameList } from "../model/same-list.ts";
import { isTerminal } from "../model/status.ts";
import type { StoreDump } from "../store/contract.ts";
import { firstGenerationOf } from "./first-generation.ts";
import { mailMessage } from "./invariants/mail-message.ts";
import type { Report } from "./observations.ts";
import type { ShadowInstance, ShadowInstances } from "./shadow-instances.ts";

/** What was committed is what the store has. */
export function compareWithDump(shadows: ShadowInstances, dump: StoreDump, report: Report): void {
  const stored = new Map<string, string[]>();
  for (const chunk of [...dump.history].sort((a, b) => a.firstSeq - b.firstSeq)) {
    const key = `${chunk.no}:${chunk.generation}`;
    const before = stored.get(key);
    if (before === undefined) stored.set(key, [chunk.events]);
    else before.push(chunk.events);
  }
  for (const row of dump.instances) {
    const shadow = shadows.get(row.no);
    if (shadow === undefined) continue;
    for (const [generation, events] of shadow.history) {
      const texts = stored.get(`${row.no}:${generation}`) ?? [];
      // Nearly always: a store keeps the rows as they were written.
      if (isSameList(texts, shadow.texts.get(generation) ?? [])) continue;
      const kept = texts.flatMap((text) => JSON.parse(text) as HistoryEvent[]);
      // Past generations may go, from their ends on.
      const expected = generation < row.generation ? events.slice(0, kept.length) : events;
      if (JSON.stringify(kept) !== JSON.stringify(expected)) {
        report(
          "append-only",
          shadow,
          `generation ${generation} has ${kept.length} events in the store, ${events.length} were committed, or they differ`,
        );
      }
    }
    if (shadow.lastVersion >= 0 && isTerminal(shadow.status) && row.status !== shadow.status) {
      report("terminal-final", shadow, `it was committed as ${shadow.status} and is ${row.status} in the store`);
    }
  }
}

/** Of a store that keeps all lines. An entity has none. */
export function compareAudit(shadows: ShadowInstances, dump: StoreDump, report: Report): void {
  const stored = new Set(dump.instances.map(({ no }) => no));
  const lines = Map.groupBy(dump.audit, ({ no }) => no);
  for (const shadow of shadows.all()) {
    const { no, instanceId, loops, rewinds } = shadow;
    if (instanceId.startsWith(ENTITY_MARK)) continue;
    const own = lines.get(no) ?? [];
    const times = (...whats: readonly AuditWhat[]) =>
      own.filter(({ what }) => whats.includes(what)).reduce((sum, { count }) => sum + count, 0);
    const gone =
      times("purge", "replace") + own.filter(({ what, detail }) => what === "restart" && JSON.parse(detail).endedAt !== null).length;
    const expected = { loops, rewinds, gone: stored.has(no) ? 0 : 1 };
    const found = { loops: times("continueAsNew"), rewinds: times("rewind"), gone };
    if (!isDeepStrictEqual(found, expected))
      report("audit-kept", shadow, `its lines say ${JSON.stringify(found)}, and there were ${JSON.stringify(expected)}`);
  }
}

/** By the first time each message is recorded: a copy may come late, and what is carried over is recorded again. */
export function checkOrder(shadow: ShadowInstance, repeated: ReadonlySet<string>, report: Report): void {
  const seen = new Set<string>();
  const last = new Map<string, number>();
  const generations = [...shadow.history].sort(([a], [b]) => a - b);
  for (const event of generations.flatMap(([, events]) => events)) {
    if (event.kind !== "EventRaised" || event.messageId === undefined || seen.has(event.messageId)) continue;
    seen.add(event.messageId);
    if (repeated.has(event.messageId)) continue;
    const [sender, count] = event.messageId.split("#");
    if (sender === undefined || count === undefined) continue;
    const at = Number(count);
    const before = last.get(sender);
    if (before !== undefined && at < before)
      report("sender-order", shadow, `message ${at} of ${sender} is recorded after message ${before}`);
    last.set(sender, at);
  }
}

/** `ranTo`: whether a run of that task has ended with that result. */
export function checkRuns(shadow: ShadowInstance, ranTo: (key: TaskKey, result: string) => boolean, report: Report): void {
  for (const [generation, events] of shadow.history) {
    const isOfOriginal = callsOfOriginal(events);
    for (const event of events) {
      if (event.kind !== "TaskCompleted" || isOfOriginal(event.taskId)) continue;
      // A rewind takes over what ran in an earlier generation.
      const first = firstGenerationOf(events, generation, event.taskId);
      const generations = Array.from({ length: generation - first + 1 }, (_, at) => first + at);
      if (!generations.some((one) => ranTo({ no: shadow.no, generation: one, eventId: event.taskId }, event.result ?? "null"))) {
        report(
          "completed-ran",
          shadow,
          `task ${event.taskId} of generation ${generation} is recorded as completed and no run of it ended so`,
        );
      }
    }
  }
}

/** What a fork has of its original ran there, or was given to it. */
export function callsOfOriginal(events: readonly HistoryEvent[]): (id: number) => boolean {
  const fork = events.findLastIndex(({ kind }) => kind === "ExecutionForked");
  const last = events.slice(0, Math.max(fork, 0)).reduce((most, event) => ("id" in event ? Math.max(most, event.id) : most), -1);
  return (id) => id <= last;
}

export function recorded(shadow: ShadowInstance, messageId: string): boolean {
  for (const events of shadow.history.values()) {
    if (events.some((event) => event.kind === "EventRaised" && event.messageId === messageId)) return true;
  }
  return false;
}

/** Events that wait for an instance, or for its rewind, by its number and their id. */
export function keptEvents({ inbox, unread }: StoreDump): ReadonlySet<string> {
  const kept = new Set<string>();
  for (const row of [...inbox, ...unread]) {
    const message = mailMessage(row);
    if (message?.kind === "event" && message.messageId !== undefined) kept.add(`${row.no} ${message.messageId}`);
  }
  return kept;
}
