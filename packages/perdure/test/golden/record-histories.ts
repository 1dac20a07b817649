// Records the histories of this release: npm run golden. Of a release that has some, those of orchestrators that have none yet are added. They are never
// changed later; the gate replays them from then on.

import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DurableClient, OrchestrationHandle } from "perdure";
import { TaskHub } from "perdure";
import { PACKAGE } from "../../../../scripts/lib/paths.ts";
import type { HistoryEvent } from "../../src/model/history.ts";
import { parseHistory } from "../../src/store/parse.ts";
import { createMemoryStore } from "../../src/stores/memory/memory-store.ts";
import { localServer } from "../testing/http-server.ts";
import * as golden from "./golden-functions.ts";

const { version } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as { readonly version: string };
const path = join(import.meta.dirname, "histories", `${version}.jsonl`);
const recorded = existsSync(path) ? readFileSync(path, "utf8") : "";
const namesOf = (history: readonly HistoryEvent[]) => history.flatMap((event) => (event.kind === "ExecutionStarted" ? [event.name] : []));
const linesOf = (text: string) => text.split("\n").filter((line) => line !== "");
const names = new Set(linesOf(recorded).flatMap((line) => namesOf((JSON.parse(line) as { readonly history: HistoryEvent[] }).history)));

let asked = 0;
await using server = await localServer(({ url }, response) => {
  if (url === "/jobs") response.writeHead(202, { location: "/jobs/1" }).end();
  else if (url === "/jobs/1" && asked++ > 0) response.end("done");
  else response.writeHead(503).end("busy");
});

const store = createMemoryStore({ now: () => Date.now() });
await using hub = await TaskHub.open("memory:", {
  functions: golden.functions,
  store,
  log: false,
  http: { privateNetworks: true, secrets: { key: "secret" } },
});
await hub.start();
const { client } = hub;

const waitsFor = async (id: string, events: number) => {
  const count = async () =>
    (await client.getStatus(id, { showHistory: true }))?.history?.filter(({ kind }) => kind === "OrchestratorCompleted").length ?? 0;
  while ((await count()) < events) await new Promise((resolve) => setTimeout(resolve, 5));
};

/** What is said to each instance; all others need nothing. */
const TALKS: { readonly [id: string]: (client: DurableClient, run: OrchestrationHandle<unknown>) => Promise<unknown> } = {
  events: async (_, run) => {
    for (const said of ["one", "two"]) await run.raiseEvent("GO", said);
    await waitsFor("events", 2);
    await run.raiseEvent("Rise", "no number");
    await run.raiseEvent("Rise", 5);
  },
  rounds: async (_, run) => {
    for (const said of ["hello", "again"]) await run.raiseEvent("Say", said);
  },
  suspended: async (_, run) => {
    await waitsFor("suspended", 1);
    await run.suspend("for a while");
    await run.raiseEvent("Go", "held");
    await run.resume("done");
  },
  terminated: async (_, run) => {
    await waitsFor("terminated", 1);
    await run.terminate({ reason: "enough" });
  },
  patched: async (_, run) => run.raiseEvent("Go"),
};

const started = [
  client.startNew(golden.sequence, { instanceId: "sequence", input: 3, tags: { team: "a" } }),
  client.startNew(golden.fanOut, { instanceId: "fan-out", input: 6 }),
  client.startNew(golden.retries, { instanceId: "retries" }),
  client.startNew(golden.failing, { instanceId: "failing" }),
  client.startNew(golden.children, { instanceId: "children" }),
  client.startNew(golden.timers, { instanceId: "timers", startAt: new Date(Date.now() + 50) }),
  client.startNew(golden.events, { instanceId: "events" }),
  client.startNew(golden.rounds, { instanceId: "rounds", input: 0 }),
  client.startNew(golden.held, { instanceId: "suspended" }),
  client.startNew(golden.held, { instanceId: "terminated" }),
  client.startNew(golden.patched, { instanceId: "patched" }),
  client.startNew(golden.entities, { instanceId: "entities" }),
  client.startNew(golden.calls, { instanceId: "calls", input: server.origin }),
  client.startNew(golden.held, { instanceId: "open" }),
];
for (const start of started) {
  const run = await start;
  await TALKS[run.instanceId]?.(client, run);
  if (run.instanceId === "open") await waitsFor("open", 1);
  else await client.waitForCompletion(run.instanceId, { timeout: "20s" });
}

const run = await client.startNew(golden.rewound, { instanceId: "rewound" });
const failed = async () => assert.equal((await client.waitForCompletion(run.instanceId, { timeout: "20s" })).runtimeStatus, "Failed");
await failed();
await client.rewind(run.instanceId, { reason: "too early" });
await failed();
golden.door.isOpen = true;
await client.rewind(run.instanceId, { reason: "it is open" });
await run.raiseEvent("Late", "late");
await run.result({ timeout: "20s" });
const fork = await client.fork(run.instanceId, {
  ...{ instanceId: "forked", at: { checkpoint: 1 }, results: { 0: 5 }, events: "keep", reason: "with five" },
});
await fork.result({ timeout: "20s" });

const tick = async () => (await client.schedules.list())[0];
while ((await tick())?.next == null) await new Promise((resolve) => setTimeout(resolve, 5));
await client.schedules.trigger("Tick");
while ((await tick())?.last == null) await new Promise((resolve) => setTimeout(resolve, 5));
await client.schedules.pause("Tick");
while ((await tick())?.state !== "paused") await new Promise((resolve) => setTimeout(resolve, 5));

const { instances, history } = await store.dump();
const lines = instances.flatMap(({ no, instanceId }) => {
  const chunks = history.filter((chunk) => chunk.no === no);
  const generations = [...new Set(chunks.map(({ generation }) => generation))];
  return generations.flatMap((generation) => {
    const events = parseHistory(chunks.filter((chunk) => chunk.generation === generation));
    // A history without a name is an entity's.
    if (namesOf(events).every((name) => names.has(name))) return [];
    // Stacks have the folders of this machine.
    return `${JSON.stringify({ instanceId, generation, history: events }).replaceAll(PACKAGE, "/app")}\n`;
  });
});
writeFileSync(path, recorded + lines.sort().join(""));
console.log(`${lines.length} histories added to ${path}`);
