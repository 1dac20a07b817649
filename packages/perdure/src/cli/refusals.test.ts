import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { orchestrator } from "../functions/orchestrator.ts";
import type { HttpServer } from "../http/index.ts";
import { createHttpHandler, serveHttp } from "../http/index.ts";
import { TaskHub } from "../task-hub/task-hub.ts";
import { runCommand } from "./testing/run-command.ts";
import { Folder } from "./testing/spawn-cli.ts";

const waiting = orchestrator("Waiting", async (ctx) => await ctx.waitForExternalEvent("Go"));

const folder = new Folder();
const store = `file:${folder.path}/hub.db`;
let hub: TaskHub;
let server: HttpServer;
let locked: HttpServer;

before(async () => {
  hub = await TaskHub.open(store, { functions: [waiting], log: false });
  await hub.start();
  server = await serveHttp({ handler: createHttpHandler(hub), port: 0 });
  locked = await serveHttp({ handler: createHttpHandler(hub, { keys: ["secret"] }), port: 0 });
  await hub.client.startNew(waiting, { instanceId: "live" });
  await hub.client.startNew(waiting, { instanceId: "held" });
  for (const id of ["live", "held"]) await hub.client.waitForStart(id);
  await hub.client.suspend("held");
  while ((await hub.client.getStatus("held"))?.runtimeStatus !== "Suspended") await new Promise((resolve) => setImmediate(resolve));
});
after(async () => {
  await Promise.all([server.close(), locked.close()]);
  await hub.close();
  folder[Symbol.dispose]();
});

const deep = "[".repeat(2_000) + "]".repeat(2_000);

for (const door of ["--url", "--store"] as const) {
  describe(`a refusal by ${door} keeps its code, its id and its advice`, () => {
    for (const [args, code, text] of [
      [
        ["start-new", "Waiting", "--id", "live"],
        "INSTANCE_EXISTS",
        /"live" exists and is Running\. Choose another id, or terminate it first\.$/,
      ],
      [["start-new", "Wating"], "FUNCTION_UNKNOWN", /'Wating'.*known orchestrator functions: 'Waiting'/],
      [["start-new", "Waiting", `--input=${deep}`], "PAYLOAD_TOO_DEEP", /more than 1000 levels.*Make it flatter/],
      [["raise-event", "live", "Stay", `--input=${deep}`], "PAYLOAD_TOO_DEEP", /Make it flatter/],
      [["purge", "live"], "INSTANCE_NOT_TERMINAL", /"live" is Running.*Terminate it first/],
      [["suspend", "held"], "REQUEST_REFUSED", /"held" was refused: Cannot suspend .* held because instance is in the Suspended state/],
      [["resume", "live"], "REQUEST_REFUSED", /"live" was refused: Cannot resume .* live because instance is in the Running state/],
    ] as const) {
      test(`perdure ${args.join(" ").slice(0, 50)}: ${code}`, async () => {
        const run = await runCommand([...args, door, door === "--url" ? server.url : store, "--json"]);
        assert.deepEqual([run.code, run.out], [1, ""]);
        const { error } = JSON.parse(run.err);
        assert.deepEqual([error.code, error.kind], [code, "client"]);
        assert.match(error.message, text);
        assert.doesNotMatch(error.message, /HTTP status/);
      });
    }
  });
}

test("a version that cannot be recorded is a wrong argument", async () => {
  for (const version of ["", " ", "x".repeat(257)]) {
    const run = await runCommand(["start-new", "Waiting", `--version=${version}`, "--store", store]);
    assert.deepEqual([run.code, run.out], [2, ""]);
    assert.match(run.err, /The version ".*" of an orchestration cannot be used: it .* \[VERSION_INVALID\]/);
  }
});

test("an answer without a word is explained by its status", async () => {
  const without = await runCommand(["list", "--url", locked.url]);
  assert.equal(without.code, 1);
  assert.match(
    without.err,
    /The list was refused: the host requires a key: pass it with --key or PERDURE_KEY \(HTTP status 401\)\. \[REQUEST_REFUSED\]/,
  );
});
