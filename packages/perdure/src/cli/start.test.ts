import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { runCommand } from "./testing/run-command.ts";
import { CliProcess, Folder, PERDURE } from "./testing/spawn-cli.ts";

const APP = `
import { activity, http, orchestrator } from ${JSON.stringify(PERDURE)};
export const slow = activity("Slow", (ms: number, { signal }) => new Promise((resolve, reject) => {
  const timer = setTimeout(() => resolve("slept " + ms), ms);
  signal.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason); });
}));
export const stubborn = activity("Stubborn", (ms: number) => new Promise((resolve) => setTimeout(() => resolve(ms), ms)));
export const nap = orchestrator("Nap", async (ctx, ms: number) => await ctx.callActivity(slow, ms));
export const sulk = orchestrator("Sulk", async (ctx, ms: number) => await ctx.callActivity(stubborn, ms));
export const wait = orchestrator("Wait", async (ctx) => await ctx.waitForExternalEvent("Go"));
export const hello = http("Hello", { route: "hello/{name}" }, async (request, { params }) => new Response("Hello " + params.name));
export const payload = http("Payload", (request, { client }) => Response.json(client.createHttpManagementPayload("made-up")));
export const notAFunction = { answer: 42 };
// What a module keeps here must be the deterministic one: it is loaded after the globals went in.
const now = Date.now;
export const clock = orchestrator("Clock", async (ctx) => now() === ctx.currentUtcDateTime.getTime());
`;

const PATIENCE_MS = 30_000;
const MANAGEMENT = "/runtime/webhooks/durabletask";

async function startHost(folder: Folder, ...more: readonly string[]): Promise<{ cli: CliProcess; url: string }> {
  const cli = new CliProcess(["start", ".", "--port", "0", ...more], folder.path);
  const [, url = ""] = await cli.printed(/Management API: (http:\/\/localhost:\d+)\/runtime/);
  await cli.printed(/started in \d+ ms/);
  return { cli, url };
}

const startInstance = async (url: string, name: string, id: string, input?: unknown) => {
  const body = input === undefined ? {} : { body: JSON.stringify(input) };
  const response = await fetch(`${url}${MANAGEMENT}/orchestrators/${name}/${id}`, { method: "POST", ...body });
  assert.equal(response.status, 202, await response.text());
};

async function outputOf(url: string, id: string, how: RequestInit = {}): Promise<unknown> {
  for (const until = performance.now() + PATIENCE_MS; ; await sleep(20)) {
    const response = await fetch(`${url}${MANAGEMENT}/instances/${id}`, how);
    const text = await response.text();
    if (response.status === 200) return (JSON.parse(text) as { readonly output: unknown }).output;
    assert.ok(performance.now() < until, `${id} has not ended: ${response.status} ${text}`);
  }
}

test("perdure start prints what it found, serves it, and client commands do the same against it and against its store", {
  timeout: 120_000,
}, async () => {
  using folder = new Folder();
  folder.write("index.ts", APP);
  const first = await startHost(folder);
  await using one = first.cli;
  await showsAndServes(first);
  await isCommanded(first.url, folder);
  await isInTheWay(first.url, folder);

  await startInstance(first.url, "Nap", "nap", 300);
  await startInstance(first.url, "Wait", "wait");
  one.signal("SIGTERM");
  assert.equal(await one.exited, 0);
  assert.match(one.output, /SIGTERM: draining/);
  assert.match(one.output, /Stopped\./);

  // What a drained host leaves is finished by the next one.
  const second = await startHost(folder, "--key", "secret");
  await using two = second.cli;
  const withKey = { headers: { "Content-Type": "application/json", "x-functions-key": "secret" } };
  await probesNeedNoKey(second.url);
  assert.equal(await outputOf(second.url, "nap", withKey), "slept 300");
  const event = await fetch(`${second.url}${MANAGEMENT}/instances/wait/raiseEvent/Go`, { method: "POST", ...withKey, body: '"now"' });
  assert.equal(event.status, 202);
  assert.equal(await outputOf(second.url, "wait", withKey), "now");
  two.signal("SIGINT");
  assert.equal(await two.exited, 0);
});

async function showsAndServes({ cli, url }: { readonly cli: CliProcess; readonly url: string }): Promise<void> {
  assert.ok(cli.output.includes(`Hello: [GET,POST] ${url}/api/hello/{name}`), cli.output);
  for (const line of ["Nap: orchestrator", "Slow: activity", "perdure.db"]) assert.ok(cli.output.includes(line), line);
  for (const line of cli.output.trim().split("\n")) assert.equal(typeof JSON.parse(line).msg, "string");
  assert.equal(await (await fetch(`${url}/api/hello/Ada`)).text(), "Hello Ada");
  const payload = (await (await fetch(`${url}/api/Payload`)).json()) as { readonly statusQueryGetUri: string };
  assert.ok(payload.statusQueryGetUri.startsWith(`${url}${MANAGEMENT}/instances/made-up`), payload.statusQueryGetUri);
  await startInstance(url, "Clock", "c1");
  assert.equal(await outputOf(url, "c1"), true);
}

async function probesNeedNoKey(url: string): Promise<void> {
  for (const [path, words] of [
    ["/healthz", '{"status":"alive"}'],
    ["/readyz", '{"status":"ready"}'],
  ] as const) {
    const response = await fetch(url + path);
    assert.equal(response.status, 200);
    assert.equal(await response.text(), words);
  }
  assert.equal((await fetch(`${url}/admin/host/status`)).status, 401);
}

async function isCommanded(url: string, folder: Folder): Promise<void> {
  const run = async (...args: readonly string[]) => {
    const { code, out, err } = await runCommand(args, { cwd: folder.path });
    return { code, output: out + err };
  };
  for (const target of [
    ["--url", url],
    ["--store", `file:${folder.path}/perdure.db`],
  ]) {
    const id = `wait-${target[0]}`;
    assert.deepEqual(await run("start-new", "Wait", "--id", id, ...target), { code: 0, output: `${id}\n` });
    assert.match((await run("list", "--prefix", id, ...target)).output, new RegExp(`^${id} +Wait +(Running|Pending)`, "m"));
    assert.equal((await run("raise-event", id, "Go", "--input", '{"by":"Ada"}', ...target)).code, 0);
    assert.deepEqual(await outputOf(url, id), { by: "Ada" });
    const history = await run("history", id, ...target);
    assert.match(history.output, /ExecutionStarted +Wait\n.*EventRaised +Go .*\n.*ExecutionCompleted/);
    const status = await run("status", id, "--json", ...target);
    assert.equal(JSON.parse(status.output).runtimeStatus, "Completed");
    const gone = await run("raise-event", id, "Go", ...target);
    assert.deepEqual([gone.code, /is Completed: it accepts no more messages/.test(gone.output)], [1, true]);
    assert.equal((await run("purge", id, ...target)).output, "1 instance was purged.\n");
    assert.equal((await run("status", id, ...target)).code, 1);
  }
  assert.match((await run("verify", `${folder.path}/perdure.db`)).output, /^✔ All invariants hold: 1 instance/);
}

/** What a second host is told. */
async function isInTheWay(url: string, folder: Folder): Promise<void> {
  const taken = await runCommand(["start", ".", "--port", new URL(url).port, "--store", "memory:"], { cwd: folder.path });
  assert.equal(taken.code, 2, taken.err);
  assert.match(taken.err, /Port \d+ of .* is used by another program/);
  const open = await runCommand(["start", ".", "--port", "0", "--host", "0.0.0.0", "--store", "memory:"], { cwd: folder.path });
  assert.equal(open.code, 2);
  assert.match(open.err, /needs a key there\. Set one \(perdure start --key KEY, or PERDURE_KEY/);
}

test("a second signal ends the process at once", async () => {
  using folder = new Folder();
  folder.write("index.ts", APP);
  const { cli, url } = await startHost(folder);
  await using _ = cli;
  await startInstance(url, "Sulk", "sulk", 60_000);
  await cli.printed(/Activity .*Stubborn.* scheduled/);
  cli.signal("SIGTERM");
  await cli.printed(/draining/);
  const before = performance.now();
  cli.signal("SIGTERM");
  assert.equal(await cli.exited, 143);
  assert.ok(performance.now() - before < 2_000);
});

for (const [what, files, code, text] of [
  ["no function", { "index.ts": "export const x = 1;" }, 2, /No functions were found in "\."\. Files read: "index\.ts"/],
  [
    "a module that throws",
    { "index.ts": 'throw new TypeError("broken on purpose");' },
    2,
    /index\.ts" cannot be loaded: TypeError: broken on purpose/,
  ],
  ["a module that is missing", { "index.ts": 'import "./nowhere.ts";' }, 2, /cannot be loaded: .*nowhere\.ts/],
  [
    "one name twice",
    {
      "a.ts": `import { activity } from "${PERDURE}"; export const a = activity("Pay", () => 1);`,
      "b.ts": `import { activity } from "${PERDURE}"; export const b = activity("pay", () => 2);`,
    },
    2,
    /Two functions are called "pay" and "Pay"/,
  ],
] as const) {
  test(`perdure start on an app with ${what} says so and ends`, async () => {
    using folder = new Folder();
    for (const [name, source] of Object.entries(files)) folder.write(name, source);
    const said = await runCommand(["start", ".", "--port", "0", "--store", "memory:"], { cwd: folder.path });
    assert.equal(said.code, code);
    assert.match(said.err, text);
  });
}
