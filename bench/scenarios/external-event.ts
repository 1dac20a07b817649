import { rssMiB } from "../lib/load.ts";
import type { Measured } from "../lib/record.ts";
import type { LoadRequest, LoadScenario, Results, Target } from "../lib/scenario.ts";
import { atLeast } from "../lib/scenario.ts";
import { latenciesOf } from "../lib/stats.ts";
import type { System } from "../lib/system.ts";
import { verify } from "../lib/system.ts";

const ROUNDS = 10;

export const externalEvent: LoadScenario = {
  kind: "load",
  name: "external-event",
  summary: "10 rounds: 2,000 instances wait for an event, then all get it (orchestrations/s: starts until all wait)",
  stores: ["sqlite", "memory", "postgres"],
  levels: [2_000],
  levelMeans: "instances that wait in each round",
  defaultRuns: 3,
  durationMeans: null,
  canDelayCommits: true,
  rate: "eventsPerSecond",
  measure,
  targets,
};

interface Round {
  readonly startMs: number;
  readonly raiseMs: number;
  /** Raise to result, of each instance. */
  readonly milliseconds: readonly number[];
}

async function measure(system: System, request: LoadRequest): Promise<Measured> {
  await runRound(system, request.inFlight, 0);
  const rounds: Round[] = [];
  for (let index = 1; index <= ROUNDS; index++) rounds.push(await runRound(system, request.inFlight, index));
  const instances = request.inFlight * ROUNDS;
  const seconds = (pick: (round: Round) => number): number => rounds.reduce((sum, round) => sum + pick(round), 0) / 1_000;
  return {
    orchestrationsPerSecond: instances / seconds((round) => round.startMs),
    activitiesPerSecond: null,
    eventsPerSecond: instances / seconds((round) => round.raiseMs),
    ...latenciesOf(rounds.flatMap((round) => round.milliseconds)),
    rssMiB: rssMiB(),
    fsync: system.fsync,
    extra: {},
  };
}

async function runRound(system: System, count: number, index: number): Promise<Round> {
  const began = performance.now();
  const runs = await Promise.all(
    Array.from({ length: count }, async (_, lane) => {
      const n = index * count + lane;
      const run = await system.start("event", n);
      await run.waiting();
      return { n, run };
    }),
  );
  const allWait = performance.now();
  const milliseconds = await Promise.all(
    runs.map(async ({ n, run }) => {
      const raised = performance.now();
      await run.raise(n);
      const output = await run.result();
      const ended = performance.now();
      verify("event", n, output, n);
      return ended - raised;
    }),
  );
  return { startMs: allWait - began, raiseMs: performance.now() - allWait, milliseconds };
}

function targets(results: Results): readonly Target[] {
  if (results.commitDelayMs > 0) return [];
  const measured = results.ours(2_000)?.median ?? null;
  const onServer = results.store === "postgres";
  return [
    ...atLeast("until all wait", measured?.orchestrationsPerSecond ?? null, onServer ? 8_000 : 20_000, "starts/s"),
    ...atLeast("raise to completion", measured?.eventsPerSecond ?? null, onServer ? 6_000 : 15_000, "events/s"),
  ];
}
