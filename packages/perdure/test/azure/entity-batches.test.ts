import assert from "node:assert/strict";
import { test } from "node:test";
import { createV3Executor } from "../../src/azure/guest/v3-executor.ts";
import type { EntityBatchRan, EntityOperation } from "../../src/model/entity-batch.ts";
import { instanceId, instanceNo } from "../../src/model/ids.ts";
import { payload } from "../../src/model/payload.ts";
import { RELEASES } from "./testing/releases.ts";
import type { Library } from "./testing/v3-app.ts";
import { v3App } from "./testing/v3-app.ts";

function register(df: Library): void {
  df.app.entity("Box", async (context) => {
    const { df: entity } = context;
    const input = entity.getInput() as never;
    await Promise.resolve();
    switch (entity.operationName) {
      case "set":
        entity.setState(input);
        break;
      case "get":
        entity.return(entity.getState(() => "nothing"));
        break;
      case "twice":
        entity.return(1);
        entity.return(2);
        break;
      case "who":
        entity.return([entity.entityName, entity.entityKey, entity.entityId.name, entity.isNewlyConstructed]);
        break;
      case "throw":
        entity.setState("half");
        entity.signalEntity(new df.EntityId("Other", "x"), "told", 1);
        throw input;
      case "tell":
        entity.signalEntity(new df.EntityId("Other", String(input)), "told");
        entity.signalEntity(new df.EntityId("Other", "y"), "told", { a: 1 });
        break;
      case "delete":
        entity.destructOnExit();
        break;
      case "circle": {
        const circle: { self?: unknown } = {};
        circle.self = circle;
        entity.setState(circle);
        break;
      }
    }
  });
}

const op = (operation: string, input?: unknown, isDurable = true): EntityOperation => ({
  operation,
  input: input === undefined ? null : payload(JSON.stringify(input)),
  isSignal: false,
  isDurable,
});

for (const release of RELEASES) {
  const executor = createV3Executor({ functions: v3App(release, register).functions, settings: { maxPayloadBytes: 1_000 } });
  const request = { no: instanceNo(1), instanceId: instanceId("@box@Key@1"), name: "box", alone: false, now: 0, stopAfterMs: 1_000 };
  const run = async (state: string | null, ...operations: readonly EntityOperation[]): Promise<EntityBatchRan> => {
    const ran = await executor.runEntityBatch({ ...request, state: state === null ? null : payload(state), operations });
    assert.equal(ran.kind, "ran");
    return ran as EntityBatchRan;
  };
  const resultsOf = async (state: string | null, ...operations: readonly EntityOperation[]) =>
    (await run(state, ...operations)).results.map((one) => (one.kind === "completed" ? one.result : one.failure));

  test(`${release}: operations run one by one, and each has its own result`, async () => {
    const ran = await run(null, op("get"), op("set", { a: 1 }), op("get"), op("twice"), op("who"));
    assert.equal(ran.state, '{"a":1}');
    assert.deepEqual(
      ran.results.map((one) => (one.kind === "completed" ? one.result : one)),
      ['"nothing"', null, '{"a":1}', "1", '["box","Key@1","box",false]'],
    );
    assert.equal(ran.cut, null);
    assert.deepEqual(await resultsOf(null, op("who")), ['["box","Key@1","box",true]']);
    assert.equal((await run("5", op("delete"))).state, null);
    assert.deepEqual(await resultsOf("5", op("delete"), op("get")), [null, '"nothing"']);
  });

  test(`${release}: an operation that fails keeps its state and what it sent, as on Azure`, async () => {
    const ran = await run("1", op("throw", { code: 7 }));
    assert.equal(ran.state, '"half"');
    assert.deepEqual(ran.results, [{ kind: "failed", failure: { errorType: "non-error", message: '{"code":7}', value: { code: 7 } } }]);
    assert.deepEqual(
      ran.actions.map(
        (action) => action.kind === "signalEntity" && [action.by, action.instanceId, action.operation, action.input, action.due],
      ),
      [[0, "@other@x", "told", "1", null]],
    );
    assert.equal((await run("1", op("circle"))).state, "1");
  });

  test(`${release}: what it cannot send or store fails the operation, and nothing of it counts`, async () => {
    const ran = await run("1", op("tell", "a/b"), op("set", "x".repeat(2_000)), op("tell", "ok"));
    assert.equal(ran.state, "1");
    const [one, two, three] = ran.results;
    assert.match(one?.kind === "failed" ? one.failure.message : "", /@other@a\/b/);
    assert.match(two?.kind === "failed" ? two.failure.message : "", /state after operation "set" of @box@Key@1/);
    assert.equal(three?.kind, "completed");
    assert.deepEqual(
      ran.actions.map((action) => action.kind === "signalEntity" && [action.by, action.instanceId, action.input]),
      [
        [2, "@other@ok", null],
        [2, "@other@y", '{"a":1}'],
      ],
    );
  });

  test(`${release}: nothing runs before its cause is durable, and a batch ends in its time`, async () => {
    const first = await run("1", op("get"), op("set", 2, false), op("get"));
    assert.deepEqual([first.state, first.results.length, first.cut], ["1", 1, "durability"]);
    const late = await executor.runEntityBatch({ ...request, stopAfterMs: 0, state: null, operations: [op("get"), op("get")] });
    assert.deepEqual(late.kind === "ran" ? [late.results.length, late.cut] : late.kind, [1, "time"]);
    const missing = await executor.runEntityBatch({ ...request, name: "none", state: null, operations: [op("get")] });
    assert.equal(missing.kind === "stopped" ? missing.code : missing.kind, "FUNCTION_NOT_REGISTERED");
  });
}
