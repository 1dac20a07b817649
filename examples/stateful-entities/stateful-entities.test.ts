import assert from "node:assert/strict";
import { test } from "node:test";
import { Folder } from "../lib/folder.ts";
import type { StartBody, TestHost } from "../lib/test-host.ts";
import { bodyOf, postJson, startTestHost, untilEnded } from "../lib/test-host.ts";
import type { Move } from "./index.ts";
import * as app from "./index.ts";

const entityUrl = (host: TestHost, name: string, key: string) => `${host.url}/runtime/webhooks/durabletask/entities/${name}/${key}`;

async function signal(host: TestHost, entity: readonly [name: string, key: string], operation: string, input?: unknown): Promise<void> {
  const url = `${entityUrl(host, ...entity)}?op=${operation}`;
  assert.equal((await (input === undefined ? fetch(url, { method: "POST" }) : postJson(url, input))).status, 202);
}

/** Waits until the entity has this state: a signal is accepted before it is applied. Undefined: it does not exist. */
async function untilState(host: TestHost, name: string, key: string, expected: unknown): Promise<void> {
  let seen: unknown;
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; await new Promise((resolve) => setTimeout(resolve, 20))) {
    const response = await fetch(entityUrl(host, name, key));
    seen = response.status === 200 ? await response.json() : undefined;
    if (JSON.stringify(seen) === JSON.stringify(expected)) return;
  }
  assert.deepEqual(seen, expected);
}

async function run(host: TestHost, path: string, input: unknown) {
  return untilEnded((await bodyOf<StartBody>(await postJson(`${host.url}/api/${path}`, input))).statusQueryGetUri);
}
const transfer = (host: TestHost, move: Move) => run(host, "StartTransfer", move);

test("a counter: add, reset and delete from a client, one after another", async () => {
  await using host = await startTestHost(app);
  await untilState(host, "Counter", "visits", undefined);
  for (const amount of [1, 2, 3]) await signal(host, ["Counter", "visits"], "add", amount);
  await untilState(host, "counter", "visits", 6);
  await signal(host, ["Counter", "other"], "add", 40);
  await untilState(host, "Counter", "other", 40);
  await untilState(host, "Counter", "visits", 6);
  await signal(host, ["Counter", "visits"], "reset");
  await untilState(host, "Counter", "visits", 0);
  await signal(host, ["Counter", "visits"], "delete");
  await untilState(host, "Counter", "visits", undefined);
});

test("a client function counts visits of a page, and of no other", async () => {
  await using host = await startTestHost(app);
  const url = `${host.url}/api/visits/home`;
  for (let n = 0; n < 3; n += 1) assert.equal((await fetch(url, { method: "POST" })).status, 202);
  await untilState(host, "Counter", "home", 3);
  assert.deepEqual(await (await fetch(url)).json(), { visits: 3 });
  assert.deepEqual(await (await fetch(`${host.url}/api/visits/other`)).json(), { visits: 0 });
});

test("an orchestration signals and calls, and its call sees its signals", async () => {
  await using host = await startTestHost(app);
  assert.equal((await run(host, "StartCount", [1, 2, 3])).output, 6);
  assert.equal((await run(host, "StartCount", [10, -4])).output, 6);
  assert.equal((await run(host, "StartCount", [])).output, 0);
});

test("transfers over two accounts lock them: the sum stays, and state survives a restart", async () => {
  using folder = new Folder();
  const path = folder.file("hub.db");
  {
    await using host = await startTestHost(app, { path });
    await signal(host, ["Account", "ada"], "deposit", 100);
    await signal(host, ["Account", "bob"], "deposit", 50);
    await untilState(host, "Account", "bob", { balance: 50 });
    assert.deepEqual((await transfer(host, { from: "ada", to: "bob", amount: 30 })).output, { ada: 70, bob: 80 });
    const there = Array.from({ length: 10 }, (_, at) => transfer(host, { from: "ada", to: "bob", amount: at }));
    const back = Array.from({ length: 10 }, (_, at) => transfer(host, { from: "bob", to: "ada", amount: at }));
    for (const { runtimeStatus } of await Promise.all([...there, ...back])) assert.equal(runtimeStatus, "Completed");
    await untilState(host, "Counter", "transfers", 21);
  }
  await using host = await startTestHost(app, { path });
  await untilState(host, "Account", "ada", { balance: 70 });
  await untilState(host, "Account", "bob", { balance: 80 });
});

test("a transfer that fails changes no account, and its lock is released", async () => {
  await using host = await startTestHost(app);
  await signal(host, ["Account", "ada"], "deposit", 10);
  await untilState(host, "Account", "ada", { balance: 10 });
  const failed = await transfer(host, { from: "ada", to: "bob", amount: 11 });
  assert.equal(failed.runtimeStatus, "Failed");
  assert.match(String(failed.output), /ada has only 10/);
  await untilState(host, "Account", "ada", { balance: 10 });
  assert.deepEqual((await transfer(host, { from: "ada", to: "bob", amount: 10 })).output, { ada: 0, bob: 10 });
});
