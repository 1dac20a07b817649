import assert from "node:assert/strict";
import { test } from "node:test";
import { orchestrator, TaskHub } from "perdure";
import { interceptStore } from "../src/testing/store-proxy.ts";
import { openGround } from "./testing/grounds.ts";

const ended = orchestrator("ended", async () => "done");
const MOST_STEPS = 30;

test("a hub that is closed at any moment of its start joins nothing after that", async () => {
  let refused = 0;
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const ground = await openGround({ kind: "memory", file: null, now: () => Date.now(), steersTime: false });
    let isClosing = false;
    const joins: string[] = [];
    const store = interceptStore(await ground.connect(), (method, call) => {
      if (method === "join") joins.push(isClosing ? "after the close" : "before it");
      return call();
    });
    const hub = await TaskHub.open("memory:", { functions: [ended], store });
    const starting = hub.start().then(
      () => "started",
      (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
    );
    for (let step = 0; step < steps; step++) await null;
    isClosing = true;
    await hub.close();
    const result = await starting;
    assert.ok(!joins.includes("after the close"), `closed after ${steps} steps: it joined after the close, ${result}`);
    if (result === "HUB_CLOSED") refused += 1;
    await ground.close();
  }
  assert.ok(refused > 0);
});
