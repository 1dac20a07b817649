import { activity } from "../../functions/activity.ts";
import type { OrchestrationContext } from "../../functions/context-types.ts";
import { entity } from "../../functions/entity.ts";
import { orchestrator } from "../../functions/orchestrator.ts";
import type { RegisteredFunction } from "../../functions/registry.ts";
import { isTerminal } from "../../model/status.ts";
import type { ContinuedAsNew } from "../../replay/functions/continued-as-new.ts";
import { Random } from "../random.ts";
import type { AppEnv } from "../simulation/app.ts";
import type { Flaw, Program, ProgramNode, ProgramValue } from "./program.ts";
import { FAILED, interpret, isFailing, nodesOf, ProgramMaker } from "./program.ts";
import type { Scenario, ScenarioRun } from "./scenario.ts";
import { expectSame } from "./scenario.ts";

export interface ProgramInput {
  readonly program: Program;
  /** Begins the ids of its children. */
  readonly id: string;
  /** So are all its children: their ids are made up, since code that is run again meets those that it has given. */
  readonly areUnnamed?: true;
  /** Begins the keys of its entities. */
  readonly keys: string;
  readonly at: number;
  readonly outputs: readonly ProgramValue[];
}

export const SUM = "program.sum";

interface Given {
  readonly value: number;
  readonly flaw?: Flaw | undefined;
}

/** Fails as the program says: for a time, or for good. */
function answerOf({ value, flaw }: Given, env: AppEnv): number {
  if (flaw !== undefined && env.note(`${flaw.name} is tried`) <= flaw.times) throw new Error("not yet");
  if (isFailing(value)) throw new Error("as it was told");
  return value;
}

const sumOf = (env: AppEnv) =>
  entity(SUM, {
    initialState: () => 0,
    operations: {
      add: (ctx, value: number) => {
        ctx.state += value;
        return answerOf({ value }, env);
      },
      /** Adds nothing: how often one that failed was asked for is not to be seen in the sum. */
      ask: (_ctx, given: Given) => answerOf(given, env),
    },
  });
const echoOf = (env: AppEnv) => activity("program.echo", (given: Given) => answerOf(given, env));

interface Tools {
  readonly sum: ReturnType<typeof sumOf>;
  readonly echo: ReturnType<typeof echoOf>;
}

/** What runs random programs. Flaws are counted by their names: one program of those that have some may run in a cluster, with its forks. */
export function programFunctions(env: AppEnv): readonly RegisteredFunction[] {
  const tools: Tools = { sum: sumOf(env), echo: echoOf(env) };
  const main = orchestrator("program", async (ctx, input: ProgramInput): Promise<readonly ProgramValue[] | ContinuedAsNew> => {
    const body = input.program[input.at];
    if (body === undefined) return input.outputs;
    const outputs = [...input.outputs, await run({ ctx, input, ...tools }, body)];
    return input.at + 1 < input.program.length ? ctx.continueAsNew({ ...input, at: input.at + 1, outputs }) : outputs;
  });
  return [tools.sum, tools.echo, main];
}

interface Running extends Tools {
  readonly ctx: OrchestrationContext;
  readonly input: ProgramInput;
}

async function run(running: Running, node: ProgramNode): Promise<ProgramValue> {
  const { ctx, input, sum, echo } = running;
  switch (node.kind) {
    case "call":
      return await ctx.callActivity(echo, { value: node.value, flaw: node.flaw });
    case "any": {
      const { winner } = await ctx.any([ctx.callActivity(echo, { value: node.value }), ctx.waitForExternalEvent<number>("never")]);
      return winner.result;
    }
    case "wait":
      return await ctx.waitForExternalEvent<number>(node.event);
    case "timer":
      await ctx.createTimer({ milliseconds: node.ms });
      return node.ms;
    case "entity": {
      const { call } = ctx.entity(sum, input.keys + node.key);
      return node.flaw === undefined ? await call.add(node.value) : await call.ask({ value: node.value, flaw: node.flaw });
    }
    case "signal": {
      const { signal } = ctx.entity(sum, input.keys + node.key);
      if (node.delayMs === null) signal.add(node.value);
      else signal.add(node.value, { at: { milliseconds: node.delayMs } });
      return node.value;
    }
    case "lock": {
      using _lock = await ctx.lock(...node.keys.map((key) => sum.id(input.keys + key)));
      return await run(running, node.body);
    }
    case "child": {
      const id = `${input.id}-${node.name}`;
      const given: ProgramInput = { ...input, id, program: node.program, at: 0, outputs: [] };
      return (await ctx.callSubOrchestrator("program", given, input.areUnnamed ? {} : { instanceId: id })) as ProgramValue;
    }
    case "race":
      return await Promise.race([run(running, node.body), ctx.waitForExternalEvent<number>("never")]);
    case "all":
      return await ctx.map(node.branches, (branch) => caught(running, branch));
    case "together":
      return await Promise.all(node.branches.map((branch) => run(running, branch)));
    case "try": {
      let cleaned: ProgramValue = FAILED;
      let value: ProgramValue;
      try {
        value = await run(running, node.body);
      } finally {
        cleaned = await run(running, node.cleanUp);
      }
      return [value, cleaned];
    }
    case "steps": {
      const values: ProgramValue[] = [];
      for (const step of node.steps) values.push(await run(running, step));
      return values;
    }
  }
}

/** As the interpreter has it: the value of a list of one, or that it failed. */
async function caught(running: Running, node: ProgramNode): Promise<ProgramValue> {
  try {
    return [await run(running, node)];
  } catch {
    return FAILED;
  }
}

export const programScenarios: readonly Scenario[] = [
  {
    name: "program",
    features: ["random program", "entity call", "entity signal", "critical section", "due signal"],
    instances: 3,
    functions: programFunctions,
    async drive(run) {
      const program = new ProgramMaker(new Random(seedOf(run))).program();
      const expected = interpret(program);
      const { client, id } = run;
      const input: ProgramInput = { program, id, keys: `${id}.`, at: 0, outputs: [] };
      await client.start({ name: "program", instanceId: id, input });
      await Promise.all([raiseAll(run, program), client.until(id, ({ status }) => isTerminal(status))]);
      const { runtimeStatus, output } = await client.result(id);
      const found = runtimeStatus === "Completed" ? JSON.parse(output ?? "null") : FAILED;
      expectSame(`${runtimeStatus} ${output}, for the program ${JSON.stringify(program)}`, found, expected.output);
      for (const [key, value] of expected.sums) await client.untilState(SUM, input.keys + key, String(value));
    },
  },
];

/** Another one in each run of a cluster. */
export function seedOf({ id, now }: ScenarioRun): number {
  let hash = Math.floor(now()) % 2_147_483_647;
  for (const unit of id) hash = (hash * 31 + unit.charCodeAt(0)) % 2_147_483_647;
  return hash;
}

/** Each instance gets its events in order; one that has not begun is asked again, one that has ended needs none. */
async function raiseAll({ client, id }: ScenarioRun, program: Program): Promise<void> {
  const byInstance = new Map<string, { readonly event: string; readonly value: number }[]>();
  for (const { node, instance } of nodesOf(program)) {
    if (node.kind !== "wait") continue;
    const events = byInstance.get(instance) ?? [];
    byInstance.set(instance, events);
    events.push(node);
  }
  let isOver = false;
  const over = client
    .until(id, ({ status }) => isTerminal(status))
    .then(() => {
      isOver = true;
    });
  const each = [...byInstance].map(async ([instance, events]) => {
    for (const { event, value } of events) {
      while (!isOver && (await client.raise(id + instance, event, value)) === "notFound") await client.world.sleep(400);
    }
  });
  await Promise.race([over, Promise.all(each)]);
}
