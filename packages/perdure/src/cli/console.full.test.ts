import assert from "node:assert/strict";
import { test } from "node:test";
import type { CodeFrame, HubInfo, InstanceDetail } from "../console/wire.ts";
import { until } from "../process/testing/until.ts";
import { CliProcess, Folder, PERDURE } from "./testing/spawn-cli.ts";

const APP = `import { orchestrator } from ${JSON.stringify(PERDURE)};

export const broken = orchestrator("Broken", async () => {
  throw new Error("on line four");
});
`;
const PATIENCE_MS = 60_000;
const HEADERS = { "content-type": "application/json", "x-perdure-console": "1" };

const urlOf = async (cli: CliProcess): Promise<string> => (await cli.printed(/"event":"host\.started".*?"url":"([^"]+)"/))[1] ?? "";

test("--no-console serves none, and a host without a worker serves one that says so", { timeout: 300_000 }, async () => {
  using folder = new Folder();
  folder.write("app.mjs", APP);
  const start = ["start", ".", "--port", "0", "--store", `file:${folder.path}/hub.db`];
  await using worker = new CliProcess([...start, "--no-console"], folder.path);
  const workerUrl = await urlOf(worker);
  assert.doesNotMatch(worker.output, /Console: http/);
  for (const path of ["/console/", "/console/api/v1/hub"]) assert.equal((await fetch(workerUrl + path)).status, 404, path);

  await using doors = new CliProcess([...start, "--no-worker"], folder.path);
  const api = `${await urlOf(doors)}/console/api/v1`;
  const get = async <Answer>(path: string): Promise<Answer> => JSON.parse(await (await fetch(api + path)).text());
  const { hasWorker, isDev, features } = await get<HubInfo>("/hub");
  assert.deepEqual([hasWorker, isDev, features.includes("source")], [false, false, false]);
  // What is started here runs there.
  const begun = await fetch(`${api}/instances`, {
    method: "POST",
    headers: HEADERS,
    body: JSON.stringify({ name: "Broken", instanceId: "b" }),
  });
  assert.equal(begun.status, 200, await begun.text());
  await until("it has failed", async () => (await get<InstanceDetail>("/instances/b")).row.status === "Failed", PATIENCE_MS);
});

test("perdure dev shows the lines around a place of the app, and of nothing else; what is decided about misfits reaches it", {
  timeout: 300_000,
}, async () => {
  using folder = new Folder();
  folder.write("app.mjs", APP);
  folder.write("secret.txt", "a secret\n");
  await using dev = new CliProcess(["dev", ".", "--port", "0", "--store", "file:hub.db"], folder.path);
  const api = `${await urlOf(dev)}/console/api/v1`;
  const get = (path: string) => fetch(api + path);
  const { isDev, features }: HubInfo = JSON.parse(await (await get("/hub")).text());
  assert.deepEqual([isDev, features.includes("source")], [true, true]);
  const frame: CodeFrame = JSON.parse(await (await get("/source?file=app.mjs&line=4")).text());
  assert.deepEqual([frame.file, frame.line, frame.firstLine], ["app.mjs", 4, 1]);
  assert.match(frame.lines[3] ?? "", /on line four/);
  for (const file of ["secret.txt", "../app.mjs", "/etc/hosts"]) assert.equal((await get(`/source?file=${file}&line=1`)).status, 404, file);

  const decided = await fetch(`${api}/misfits`, { method: "POST", headers: HEADERS, body: JSON.stringify({ choice: "leave" }) });
  assert.equal(decided.status, 200, await decided.text());
  await dev.printed(/"event":"dev\.decided"[^\n]*Left as they are/);
});
