import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { AuthorCalls } from "../../src/azure/guest/author-calls.ts";
import { catchDf } from "../../src/azure/guest/caught-df.ts";
import type { SdkContext } from "../../src/azure/guest/sdk-executor.ts";
import { firstInput } from "../../src/azure/guest/sdk-executor.ts";
import type { ExecutionStarted } from "../../src/model/history.ts";
import { RELEASES } from "./testing/releases.ts";
import { v3App } from "./testing/v3-app.ts";
import { V3Fleet } from "./testing/v3-fleet.ts";

const EXECUTIONS = 3;
const load = createRequire(import.meta.url);

for (const release of RELEASES) {
  test(`${release}: the first execution of an orchestrator and all later ones see the same, and end the same`, async () => {
    const seen: unknown[] = [];
    const app = v3App(
      release,
      (df) => {
        df.app.orchestration("looks", function* (context) {
          const { taskOrchestratorExecutor, currentUtcDateTime, instanceId, state, ...fields } = context.df as typeof context.df &
            SdkContext & { state: object[] };
          seen.push({
            ...{
              fields: Object.keys(fields),
              input: context.df.getInput(),
              isReplaying: context.df.isReplaying,
              keys: Object.keys(context),
            },
            ...{
              executor: Object.keys(taskOrchestratorExecutor).sort(),
              class: context.df.constructor,
              parent: context.df.parentInstanceId,
            },
            ...{ isDate: currentUtcDateTime instanceof Date, isText: typeof instanceId, events: state.map((event) => Object.keys(event)) },
          });
          const isReplaying = context.df.isReplaying;
          return [isReplaying, (yield context.df.callActivity("echo", 1)) as unknown, context.df.isReplaying];
        });
        df.app.orchestration("throws", function* () {
          yield* [];
          throw new RangeError("no");
        });
        df.app.orchestration("noGenerator", (() => {
          throw new RangeError("none");
        }) as never);
      },
      { echo: (value) => value },
    );
    await using v3 = await V3Fleet.open({ app, shadow: false });
    const ended: unknown[] = [];
    for (let n = 0; n < EXECUTIONS; n++) {
      for (const name of ["looks", "throws", "noGenerator"]) await v3.start(name, `${name}${n}`, { n: [1] });
      ended.push([await v3.end(`looks${n}`), await failureOf(v3, `throws${n}`), await failureOf(v3, `noGenerator${n}`)]);
    }
    const failed = (name: string, message: string) => ["RangeError", `Orchestrator function '${name}' failed: ${message}`];
    assert.deepEqual((ended[0] as readonly unknown[]).slice(1), [failed("throws", "no"), failed("noGenerator", "none")]);
    for (const [first, ...later] of [seen, ended]) for (const one of later) assert.deepEqual(one, first);
    assert.equal(seen.length, EXECUTIONS);
  });
}

async function failureOf(v3: V3Fleet, id: string): Promise<readonly unknown[]> {
  await v3.end(id);
  const last = (await v3.history(id)).at(-1);
  const failure = last?.kind === "ExecutionCompleted" ? last.failure : undefined;
  return [failure?.errorType, failure?.message];
}

const STARTED = { kind: "ExecutionStarted", ts: 5, name: "plain", version: null, input: null, parent: null } as ExecutionStarted;

/** Whether later executions begin without the registered function, after one of a library that was changed by this. */
async function isLearned(change: (made: SdkContext & { [member: string]: unknown }) => void): Promise<boolean> {
  const app = v3App("durable-functions", (df) => df.app.orchestration("plain", function* () {}));
  const input = firstInput("one", STARTED, 5, false);
  const author = new AuthorCalls();
  const fn = app.functions.find("orchestrator", "plain");
  await fn?.call(input, {
    instanceId: "one",
    prepare: (context) => {
      catchDf(context, (df) => {
        change(df as SdkContext & { [member: string]: unknown });
        author.learn(input, df as SdkContext);
      });
      return author.callback;
    },
  });
  return author.callback !== null;
}

test("a library that makes something else, or begins otherwise, is left alone", async () => {
  assert.equal(await isLearned(() => {}), true);
  assert.equal(
    await isLearned((made) => {
      made.more = 1;
    }),
    false,
  );
  assert.equal(
    await isLearned(({ taskOrchestratorExecutor: sdk }) => {
      Reflect.set(sdk, "sequenceNumber", 1);
    }),
    false,
  );
  const { TaskOrchestrationExecutor } = load("durable-functions/lib/src/orchestrations/TaskOrchestrationExecutor");
  const { execute } = TaskOrchestrationExecutor.prototype;
  TaskOrchestrationExecutor.prototype.execute = function (...args: readonly unknown[]) {
    this.onceMore = true;
    return execute.apply(this, args);
  };
  assert.equal(await isLearned(() => {}), false);
  TaskOrchestrationExecutor.prototype.execute = execute;
});
