import type { WorkerFacts } from "../../core/waiting/facts.ts";
import { hasName } from "../../core/waiting/versions-taken.ts";
import { isBuiltIn } from "../../errors/built-in-names.ts";
import { namesIn } from "../../model/executor.ts";
import { ENTITY_MARK } from "../../model/ids.ts";
import type { Backlog, TasksUnder, WaitingUnder } from "../../store/backlog.ts";
import type { FoundWorkers } from "../known-functions.ts";
import { liveWorkers } from "../known-functions.ts";
import { workersFacts } from "../waiting-for.ts";
import { countOf, sumOf } from "./count.ts";
import type { InspectedQueue, QueueLine, ReadyLine } from "./fleet-types.ts";
import type { Outlook } from "./types.ts";
import { limitOf } from "./workers.ts";

/** For this long work may be in line without that anyone need look. */
const LONG_MS = 60_000;

/** What waits for workers, by name: those with most of it first. */
export function queueOf({ workers }: FoundWorkers, { now, tasks, instances }: Backlog): InspectedQueue {
  const known = workersFacts(workers, now);
  const live = liveWorkers({ workers, now });
  const activities = tasks
    .map((under) => ({ ...activityLine(under, known, now), limit: limitOf(live, under.name) }))
    .sort((a, b) => b.waiting.n - a.waiting.n || b.running - a.running);
  return {
    activities,
    waiting: sumOf(activities.map(({ waiting }) => waiting)),
    running: activities.reduce((sum, { running }) => sum + running, 0),
    ready: instances
      .filter(({ name }) => !isBuiltIn(name))
      .map((under) => readyLine(under, known, now))
      .sort((a, b) => b.waiting.n - a.waiting.n),
    atWorkers: known.reduce((sum, { isLive, load }) => sum + (isLive ? (load?.activities ?? 0) : 0), 0),
  };
}

function activityLine(
  { name, waiting, oldest, forSlot, running }: TasksUnder,
  workers: readonly WorkerFacts[],
  now: number,
): Omit<QueueLine, "limit"> {
  const inLine = sumOf([countOf(waiting), countOf(forSlot)]);
  return {
    name,
    waiting: inLine,
    oldest,
    running,
    forSlot: countOf(forSlot),
    ...stateOf(workers, "activity", name, oldest, now, forSlot.count),
  };
}

function readyLine({ key, name, waiting, oldest }: WaitingUnder, workers: readonly WorkerFacts[], now: number): ReadyLine {
  const kind = key.startsWith(ENTITY_MARK) ? "entity" : "orchestrator";
  return { kind, name, waiting: countOf(waiting), oldest, ...stateOf(workers, kind, name, oldest, now, 0) };
}

function stateOf(
  workers: readonly WorkerFacts[],
  kind: "activity" | ReadyLine["kind"],
  name: string,
  oldest: number | null,
  now: number,
  forSlot: number,
): { readonly why: string | null; readonly outlook: Outlook } {
  if (oldest !== null && !isOffered(workers, kind, name))
    return { why: workers.some(({ isLive }) => isLive) ? "no live worker has it" : "no worker is live", outlook: "stuck" };
  const why = forSlot > 0 ? `${forSlot} wait for a slot of their key` : null;
  if (oldest !== null && now - oldest > LONG_MS) return { why: why ?? "the workers that have it are busy", outlook: "attention" };
  return { why, outlook: "fine" };
}

/** In whatever version. */
const isOffered = (workers: readonly WorkerFacts[], kind: "activity" | ReadyLine["kind"], name: string): boolean =>
  workers.some(({ isLive, functions }) => isLive && hasName(namesIn(functions)[kind], name));
