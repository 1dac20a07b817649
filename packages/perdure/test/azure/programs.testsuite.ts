import assert from "node:assert/strict";
import { activityFailed } from "../../src/azure/guest/sdk-events.ts";
import { wrapExecutor } from "../../src/executors/wrap-executor.ts";
import type { ActivityRequest, ActivityResult, Executor } from "../../src/model/executor.ts";
import type { HttpRequest } from "../../src/model/http-call.ts";
import { HTTP_ACTIVITY } from "../../src/model/http-call.ts";
import { payload } from "../../src/model/payload.ts";
import { Random } from "../../src/testing/random.ts";
import type { StoreKind } from "../../src/testing/simulation/world.ts";
import type { Flaky } from "./testing/program-app.ts";
import { registerPrograms } from "./testing/program-app.ts";
import type { Program, Shape } from "./testing/random-program.ts";
import { eventsOf, randomProgram } from "./testing/random-program.ts";
import type { Release } from "./testing/releases.ts";
import { v3App } from "./testing/v3-app.ts";
import { V3Fleet } from "./testing/v3-fleet.ts";

/** Instances of each fleet. */
const INSTANCES = 6;

/** Programs that nothing disturbs, and the same ones with late results, lost cursors and a worker that dies: all end the same. */
export async function runPrograms(release: Release, seed: number, store: StoreKind = "memory"): Promise<void> {
  const random = new Random(seed);
  const programs = Array.from({ length: INSTANCES }, () => randomProgram(random, shapeFor(release)));
  const calm = await outputsOf(release, programs, null);
  const troubled = await outputsOf(release, programs, random, { store });
  assert.deepEqual(troubled, calm, `seed ${seed}: ${JSON.stringify(programs)}`);
}

/** The oldest releases have no locks. */
export const shapeFor = (release: Release): Shape => ({ hasLocks: release === "durable-functions", depth: 0, mayThrow: true });

/** Of an app whose activities cannot know how often they were called, in as many fleets as it takes. */
export async function calmOutputs(release: Release, programs: readonly Program[]): Promise<readonly unknown[]> {
  const outputs: unknown[] = [];
  for (let at = 0; at < programs.length; at += INSTANCES)
    outputs.push(...(await outputsOf(release, programs.slice(at, at + INSTANCES), null, { tellsAttempts: false })));
  return outputs;
}

/** `random`: what goes wrong; null: nothing. */
async function outputsOf(
  release: Release,
  programs: readonly Program[],
  random: Random | null,
  { store = "memory", tellsAttempts = true }: { readonly store?: StoreKind; readonly tellsAttempts?: boolean } = {},
): Promise<readonly unknown[]> {
  const app = v3App(release, (df) => registerPrograms(df), { echo: () => null, fail: () => null, flaky: () => null });
  let sleep = (_ms: number) => Promise.resolve();
  const activity = async (request: ActivityRequest): Promise<ActivityResult> => {
    if (random?.chance(0.6) === true) await sleep(random.between(1, 3_000));
    return answerOf(request, tellsAttempts);
  };
  const wrap = (executor: Executor) => (random === null ? executor : losingCursors(executor, random));
  const nodes = random === null ? 1 : 2;
  await using v3 = await V3Fleet.open({ app, activity, nodes, wrap, store });
  const { fleet } = v3;
  const survivor = nodes - 1;
  sleep = (ms) => fleet.sim.world.sleep(ms);
  const ids = programs.map((_, at) => `p${at}`);
  for (const [at, id] of ids.entries()) await fleet.start(at % nodes, "program", id, programs[at]);
  for (const [at, id] of ids.entries()) {
    for (const [nth, name] of eventsOf(programs[at] as Program).entries()) {
      if (random?.chance(0.5) === true) await fleet.advance(random.between(1, 2_000));
      await v3.raise(id, name, { nth, name }, survivor);
    }
  }
  if (random?.chance(0.7) === true) {
    await fleet.advance(random.between(1, 3_000));
    fleet.kill(0);
  }
  const outputs: unknown[] = [];
  for (const id of ids) outputs.push(await v3.end(id, survivor));
  return outputs;
}

/** Cursors are lost at any time, and some answers are thrown away with what they did. */
function losingCursors(executor: Executor, random: Random): Executor {
  return wrapExecutor(executor, {
    runEpisode: async (request) => {
      if (random.chance(0.3)) executor.forget(request.no);
      const result = await executor.runEpisode(request);
      if (result.kind !== "ran" || !random.chance(0.1)) return result;
      executor.forget(request.no);
      return { kind: "lost", atFault: false };
    },
  });
}

function answerOf({ name, input, attempt }: ActivityRequest, tellsAttempts: boolean): ActivityResult {
  const failed = (message: string): ActivityResult => ({
    kind: "failed",
    failure: { errorType: "Error", message: activityFailed(name, message), stack: "" },
  });
  const given: unknown = input === null ? null : JSON.parse(input);
  if (name === "fail") return failed(`number ${given}`);
  if (name === "flaky") {
    const { succeedsAt, index } = given as Flaky;
    if (attempt < succeedsAt) return failed(tellsAttempts ? `attempt ${attempt}` : "not yet");
    return { kind: "completed", result: payload(JSON.stringify(tellsAttempts ? { attempt, index } : { index })) };
  }
  if (name !== HTTP_ACTIVITY) return { kind: "completed", result: input };
  const { url } = given as HttpRequest;
  const left = Number(url.at(-1));
  const headers = { "retry-after": "1", location: `http://work.test/${left - 1}` };
  const answer = { url, status: left > 0 ? 202 : 200, headers: left > 0 ? headers : {}, body: url, bodyEncoding: "text" };
  return { kind: "completed", result: payload(JSON.stringify(answer)) };
}
