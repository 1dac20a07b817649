import type { EntitiesDone, EntityLoad, EntityTurn } from "../children/entities.ts";
import { answerOf } from "../lib/child.ts";
import type { Measured } from "../lib/record.ts";
import { measuredOf } from "../lib/record.ts";
import type { ProcessRequest, ProcessScenario, Results, Target } from "../lib/scenario.ts";
import { atLeast, atMost } from "../lib/scenario.ts";

const COMMON = {
  kind: "process",
  stores: ["sqlite", "memory", "postgres"],
  defaultRuns: 3,
  durationMeans: "measured seconds of each turn (default 5)",
  canDelayCommits: false,
  noPeers: "none of the peers has entities",
} as const;

const ENTITIES = 1_000;

export const entityCounter: ProcessScenario = {
  ...COMMON,
  name: "entity-counter",
  summary: `signals of a client to one entity (the line), then to ${ENTITIES}; the counts are checked`,
  levels: [1_024],
  levelMeans: "signals at once",
  rate: "eventsPerSecond",
  measure: async (request) => {
    const [one, many, rssMiB] = await run(request, "signals", [1, ENTITIES]);
    const extra = { perSecondToMany: many.perSecond, p50MsToMany: p50(many) };
    return measuredOf({ eventsPerSecond: one.perSecond }, { ...one, rssMiB }, extra);
  },
  targets: (results): readonly Target[] => {
    const share = results.store === "postgres" ? 0.5 : 1;
    return [
      ...atLeast("to one entity", medianOf(results)?.eventsPerSecond ?? null, share * 100_000, "signals/s"),
      ...atLeast(`to ${ENTITIES} entities`, extraOf(results).perSecondToMany ?? null, share * 40_000, "signals/s"),
    ];
  },
};

const CALLS = 100;

export const entityCalls: ProcessScenario = {
  ...COMMON,
  name: "entity-calls",
  summary: `an orchestration without a call, and one with ${CALLS} calls of one entity in a row (the line)`,
  levels: [1],
  levelMeans: "orchestrations at once",
  rate: "orchestrationsPerSecond",
  measure: async (request) => {
    const [none, called, rssMiB] = await run(request, "calls", [0, CALLS]);
    return measuredOfTurn(called, rssMiB, { p50MsOfACall: (p50(called) - p50(none)) / CALLS, p50MsWithoutCalls: p50(none) });
  },
  targets: (results) => atMost("p50 of a call", extraOf(results).p50MsOfACall ?? null, 0.1, "ms"),
};

const ACCOUNTS = 1_000;
const FEW_ACCOUNTS = 10;

export const bankTransfer: ProcessScenario = {
  ...COMMON,
  name: "bank-transfer",
  summary: `a lock of two of ${ACCOUNTS} accounts, a withdrawal and a deposit; then over ${FEW_ACCOUNTS} accounts; the sums are checked`,
  levels: [64],
  levelMeans: "transfers at once",
  rate: "orchestrationsPerSecond",
  measure: async (request) => {
    const [many, few, rssMiB] = await run(request, "transfers", [ACCOUNTS, FEW_ACCOUNTS]);
    return measuredOfTurn(many, rssMiB, { perSecondOverFew: few.perSecond, p50MsOverFew: p50(few) });
  },
  targets: (results): readonly Target[] =>
    atLeast(`over ${ACCOUNTS} accounts`, rateOf(results), results.store === "postgres" ? 1_500 : 4_000, "transfers/s"),
};

async function run(
  { freshStore, inFlight, durationSeconds, say }: ProcessRequest,
  load: EntityLoad["load"],
  sizes: readonly [number, number],
): Promise<readonly [EntityTurn, EntityTurn, number]> {
  const argument: EntityLoad = { storeUrl: await freshStore(), load, sizes, inFlight, secondsOfTurn: durationSeconds ?? 5 };
  const { turns, rssMiB } = await answerOf<EntitiesDone>("children/entities.ts", argument);
  const [first, second] = turns;
  if (first === undefined || second === undefined) throw new Error("a turn is missing");
  say(turns.map((turn, at) => `${sizes[at]}: ${turn.perSecond.toFixed(0)}/s, p50 ${p50(turn).toFixed(2)} ms`).join("; "));
  return [first, second, rssMiB];
}

/** Of a turn in which nothing ended: 0. */
const p50 = ({ p50Ms }: EntityTurn): number => p50Ms ?? 0;

const measuredOfTurn = (turn: EntityTurn, rssMiB: number, extra: Measured["extra"]): Measured =>
  measuredOf({ orchestrationsPerSecond: turn.perSecond }, { ...turn, rssMiB }, extra);

const medianOf = (results: Results) => results.ours(results.levels[0] ?? 0)?.median;
const extraOf = (results: Results): Measured["extra"] => medianOf(results)?.extra ?? {};
const rateOf = (results: Results): number | null => medianOf(results)?.orchestrationsPerSecond ?? null;
