import assert from "node:assert/strict";
import type { ForkPoint } from "../../src/core/fork.ts";
import { PerdureError } from "../../src/errors/perdure-error.ts";
import type { HistoryEvent } from "../../src/model/history.ts";
import { isTerminal } from "../../src/model/status.ts";
import { Random } from "../../src/testing/random.ts";
import type { Program } from "../../src/testing/scenarios/program.ts";
import { interpret, isFailing, nodesOf, ProgramMaker } from "../../src/testing/scenarios/program.ts";
import type { ProgramInput } from "../../src/testing/scenarios/programs.ts";
import { programFunctions, SUM, seedOf } from "../../src/testing/scenarios/programs.ts";
import type { Scenario, ScenarioRun } from "../../src/testing/scenarios/scenario.ts";
import { expectSame } from "../../src/testing/scenarios/scenario.ts";
import type { ShadowInstance } from "../../src/testing/shadow-instances.ts";
import { runSeed } from "../../src/testing/simulation/random-run.ts";
import { runScenario } from "../../src/testing/simulation/systematic.ts";
import type { StoreKind } from "../../src/testing/simulation/world.ts";
import { checkRewind, isBehindMark } from "./testing/rewound-history.ts";

/** More than any program has flaws, with those of its children. */
const MOST_REWINDS = 200;

const scenario = (name: string, drive: Scenario["drive"]): Scenario => ({
  ...{ name, features: [], instances: 3, functions: programFunctions, drive },
});

const rewound = scenario("a random program that is rewound until it completes", async (run) => {
  const { input, program } = await begin(run);
  await whileEventsCome(run, () => complete(run, run.id, program));
  await checkAll(run, input);
});

const forked = scenario("forks of a random program: of what failed, of what runs, of what completed, and of the fork", async (run) => {
  const { random, input, program } = await begin(run);
  await whileEventsCome(run, async () => {
    const roots = [run.id];
    const when = random.pick(["running", "ended", "completed"]);
    if (when === "running") await run.client.world.sleep(random.int(600));
    else await run.client.result(run.id);
    if (when === "completed") await complete(run, run.id, program);
    for (const name of ["f", "g"]) {
      const from = random.pick(roots);
      const point = pointIn(historyOf(run, from), random);
      if (point === null) continue;
      const events = random.chance(0.5) ? "keep" : [];
      const fork = run.client.fork(from, { at: point, newInstanceId: `${run.id}${name}`, events });
      if (await fork.then(() => true, isPassed)) roots.push(`${run.id}${name}`);
    }
    await Promise.all(roots.map((root) => complete(run, root, program)));
  });
  await checkAll(run, input);
});

async function begin(run: ScenarioRun) {
  const random = new Random(seedOf(run));
  const program = new ProgramMaker(random, { isFlawed: true }).program();
  const input: ProgramInput = { program, id: run.id, areUnnamed: true, keys: `${run.id}.`, at: 0, outputs: [] };
  await run.client.start({ name: "program", instanceId: run.id, input });
  return { random, program, input };
}

/** Brings an instance to its end, with as many rewinds as it takes. */
async function complete({ client }: ScenarioRun, root: string, program: Program): Promise<void> {
  for (let rewinds = 0; ; rewinds += 1) {
    const { runtimeStatus, output } = await client.result(root);
    if (runtimeStatus === "Completed")
      return expectSame(`output of ${root} for ${JSON.stringify(program)}`, JSON.parse(output ?? "null"), interpret(program).output);
    expectSame(`status of ${root}`, runtimeStatus, "Failed");
    assert.ok(rewinds < MOST_REWINDS, "it does not get to its end");
    await client.rewind(root);
  }
}

/** Each instance that waits for events gets them, whatever its id is: also forks, and children whose ids are made up. */
async function whileEventsCome(run: ScenarioRun, work: () => Promise<void>): Promise<void> {
  const { client } = run;
  const isTaken = new Set<string>();
  let isOver = false;
  const over = work().finally(() => {
    isOver = true;
  });
  const raise = async () => {
    while (!isOver) {
      for (const one of instancesOf(run)) {
        for (const { event, value } of isTerminal(one.status) ? [] : eventsOf(one)) {
          const key = `${one.instanceId} ${event}`;
          if (!isTaken.has(key) && (await client.raise(one.instanceId, event, value)) === "delivered") isTaken.add(key);
        }
      }
      await client.world.sleep(100);
    }
  };
  await Promise.all([over, raise()]);
}

/** Those of its program, forks and children with them: others may run beside it. */
const instancesOf = ({ client, id }: ScenarioRun): readonly ShadowInstance[] =>
  client.instances().filter((one) => inputOf(one)?.keys === `${id}.`);

/** Null: it runs no program, or has not begun. */
function inputOf(one: ShadowInstance): ProgramInput | null {
  const started = one.name === "program" ? one.history.get(one.generation)?.find(({ kind }) => kind === "ExecutionStarted") : undefined;
  return started?.kind === "ExecutionStarted" ? JSON.parse(started.input ?? "{}") : null;
}

/** What the code of an instance waits for, without its children. */
function eventsOf(one: ShadowInstance): readonly { readonly event: string; readonly value: number }[] {
  const program = inputOf(one)?.program ?? [];
  return [...nodesOf(program)].flatMap(({ node, instance }) => (node.kind === "wait" && instance === "" ? [node] : []));
}

const historyOf = ({ client }: ScenarioRun, id: string): readonly HistoryEvent[] => {
  const one = client.instances().findLast(({ instanceId }) => instanceId === id);
  return one?.history.get(one.generation) ?? [];
};

/** The point was one of a generation that has ended since. */
function isPassed(error: unknown): false {
  if (error instanceof PerdureError && error.code === "FORK_INVALID") return false;
  throw error;
}

/** Null: nothing is recorded yet. */
function pointIn(history: readonly HistoryEvent[], random: Random): ForkPoint | null {
  if (history.length === 0) return null;
  const episodes = history.filter(({ kind }) => kind === "OrchestratorStarted").length;
  const calls = history.flatMap((event) => (event.kind === "TaskScheduled" ? [event.name] : []));
  if (calls.length > 0 && random.chance(0.2)) return { before: random.pick(calls) };
  return random.chance(0.2) ? { checkpoint: random.int(episodes + 1) } : { event: random.between(1, history.length) };
}

async function checkAll(run: ScenarioRun, { keys }: ProgramInput): Promise<void> {
  const { client } = run;
  const instances = instancesOf(run);
  for (const one of instances) for (const [generation, history] of one.history) checkRewind(one, generation, history);
  for (const [id, sum] of sumsSent(instances)) await client.untilState(SUM, keys + id.slice(`@${SUM}@${keys}`.length), String(sum));
}

/** By entity: what was sent to it is applied exactly once, also what a rewind has taken back later. */
function sumsSent(instances: readonly ShadowInstance[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { history } of instances) {
    for (const event of [...history.values()].flatMap((events) => events.filter(isBehindMark(events)))) {
      if ((event.kind !== "EntityOperationCalled" && event.kind !== "EntityOperationSignaled") || event.operation !== "add") continue;
      const value = Number(event.input);
      if (!isFailing(value)) sums.set(event.instanceId, (sums.get(event.instanceId) ?? 0) + value);
    }
  }
  return sums;
}

const RERUNS: readonly Scenario[] = [rewound, forked];

/** Each program undisturbed, then with a crash at a boundary of chance, and in turn with every message twice, and without live cursors. */
export async function runReruns(from: number, count: number, store: StoreKind = "memory"): Promise<void> {
  for (let seed = from; seed < from + count; seed += 1) {
    for (const scenario of RERUNS) {
      const random = new Random(seed);
      const given = { store, nodes: random.between(1, 3), id: `p${seed}`, settings: { keepCursors: seed % 3 !== 0 } };
      const calm = await runScenario(scenario, given);
      assert.deepEqual(calm.problems, [], `program ${seed}, undisturbed: ${scenario.name}`);
      const crashAt = random.between(1, calm.boundaries);
      const { problems } = await runScenario(scenario, { ...given, crashAt, twice: seed % 2 === 0 });
      const wrong = problems.filter((problem) => problem !== "the boundary was not reached");
      assert.deepEqual(wrong, [], `program ${seed}, crash at boundary ${crashAt} of ${given.nodes} processes: ${scenario.name}`);
    }
  }
}

/** Many of them at once on two or three processes, with whatever can go wrong. The functions of one are those of all. */
export async function runRerunStorms(from: number, count: number): Promise<void> {
  const scenarios = [rewound, { ...forked, functions: () => [] }];
  for (let seed = from; seed < from + count; seed += 1) {
    const { problems } = await runSeed(seed, { store: "memory", scenarios });
    assert.deepEqual(problems, [], `seed ${seed}`);
  }
}
