import assert from "node:assert/strict";
import { test } from "node:test";
import { serverSentEvents } from "./server-sent-events.ts";
import { CliProcess, Folder, PERDURE } from "./testing/spawn-cli.ts";

const APP = `
import { activity, orchestrator } from ${JSON.stringify(PERDURE)};
import { setTimeout as pause } from "node:timers/promises";
export const bake = activity("Bake", async (_, { heartbeat, signal }) => {
  for (let done = 1; done <= 40; done += 1) {
    heartbeat({ done, at: Date.now() });
    await pause(50, undefined, { signal });
  }
});
export const order = orchestrator("Order", async (ctx) => {
  ctx.setCustomStatus("baking");
  await ctx.callActivity(bake);
  return "cake";
});
`;

interface Said {
  readonly done: number;
  readonly at: number;
}

/** It is to be 200 ms; processes that wait for a processor are not what is looked at here. */
const SOON_MS = 1_500;

for (const [where, args] of [
  ["on a thread of the host", []],
  ["in a process of its own", ["--isolation", "process"]],
  ["in one of two worker processes", ["--workers", "2"]],
] as const)
  test(`what an activity says is heard while it runs ${where}, before the next commit of anything`, { timeout: 300_000 }, async () => {
    using folder = new Folder();
    folder.write("app.mjs", APP);
    await using host = new CliProcess(["start", ".", "--port", "0", "--store", "file:hub.db", ...args], folder.path);
    const [, url = ""] = await host.printed(/"msg":"Management API: ([^"]+)"/);
    await host.printed(/started in \d+ ms/);
    const started = await fetch(`${url}/orchestrators/Order/o-1`, { method: "POST" });
    assert.equal(started.status, 202, await started.text());
    const response = await fetch(`${url}/instances/o-1/watch`);
    assert.ok(response.status === 200 && response.body !== null);
    const said: (Said & { readonly heard: number })[] = [];
    const seen: string[] = [];
    for await (const { event, data } of serverSentEvents(response.body)) {
      const told = data === "" ? {} : JSON.parse(data);
      if (event === "progress") said.push({ ...(told.progress as Said), heard: Date.now() });
      else seen.push(`${event} ${told.runtimeStatus ?? ""} ${told.output ?? ""}`.trim());
    }
    assert.equal(seen.at(-1)?.startsWith("end"), true, seen.join(", "));
    assert.ok(seen.includes("status Completed cake"), seen.join(", "));
    assert.ok(said.length >= 5, `${said.length} of 40 were heard`);
    assert.deepEqual(
      said.map(({ done }) => done),
      said.map(({ done }) => done).toSorted((a, b) => a - b),
      "in order",
    );
    const late = said.map(({ at, heard }) => heard - at).toSorted((a, b) => a - b);
    assert.ok((late[Math.floor(late.length / 2)] ?? 0) < SOON_MS, `heard after ${late.join(", ")} ms`);
  });
