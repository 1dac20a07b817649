import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { activity, orchestrator, TaskHub } from "perdure";

function resizing(options: { readonly maxConcurrent: number }) {
  const seen = { running: 0, most: 0 };
  const resize = activity("Resize", options, async (n: number) => {
    seen.running += 1;
    seen.most = Math.max(seen.most, seen.running);
    await sleep(2);
    seen.running -= 1;
    return n;
  });
  const album = orchestrator("album", (ctx, count: number) =>
    ctx.all(Array.from({ length: count }, (_, n) => ctx.callActivity(resize, n))),
  );
  return { seen, album, functions: [resize, album] };
}

test("maxConcurrent of an activity holds; that of the hub wins", async () => {
  for (const [limits, most] of [
    [{}, 3],
    [{ resize: 1 }, 1],
  ] as const) {
    const { seen, album, functions } = resizing({ maxConcurrent: 3 });
    await using hub = await TaskHub.open("memory:", { functions, maxConcurrent: { each: limits } });
    await hub.start();
    const run = await hub.client.startNew(album, { input: 20 });
    assert.equal((await run.result()).length, 20);
    assert.equal(seen.most, most);
  }
});

test("limits that mean nothing are refused by name", async () => {
  for (const maxConcurrent of [0, 1.5, "2"]) {
    assert.throws(() => resizing({ maxConcurrent: maxConcurrent as number }), {
      code: "OPTION_INVALID",
      message: /"Resize".*"maxConcurrent"/,
    });
  }
  const { functions } = resizing({ maxConcurrent: 1 });
  const open = (options: object) => TaskHub.open("memory:", { functions, ...options });
  await assert.rejects(open({ maxConcurrent: { each: { resise: 1 } } }), { code: "OPTION_UNKNOWN", message: /"resise".*"Resize"/ });
  await assert.rejects(open({ maxConcurrent: { each: { Resize: 0 } } }), {
    code: "OPTION_INVALID",
    message: /"maxConcurrent.each.Resize" is 0/,
  });
  await assert.rejects(open({ functionNotFoundAfter: "soon" }), { code: "OPTION_INVALID", message: /"functionNotFoundAfter" is "soon"/ });
});

test("functionNotFoundAfter holds for a worker alone, too", async () => {
  const asks = orchestrator("asks", (ctx) => ctx.callActivity("nowhere", 1).catch((error: Error) => error.message));
  await using hub = await TaskHub.open("memory:", { functions: [asks], functionNotFoundAfter: "300ms" });
  await hub.start();
  const began = performance.now();
  const run = await hub.client.startNew(asks);
  assert.match(String(await run.result()), /"nowhere"/);
  assert.ok(performance.now() - began >= 290);
});
