import assert from "node:assert/strict";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../../../../scripts/lib/paths.ts";
import { CliProcess, Folder } from "../../src/cli/testing/spawn-cli.ts";
import { escalationTest } from "./approval.testsuite.ts";
import { exampleHost } from "./testing/example-host.ts";

const PORT = 7071;

escalationTest(exampleHost("javascript"));

/** Core Tools on a machine of a developer, for instance. */
const isTaken = (): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(true));
    server.listen(PORT, () => server.close(() => resolve(false)));
  });

test("approval: without a port in options and settings the app is on 7071", async (t) => {
  if (await isTaken()) return t.skip(`port ${PORT} is in use`);
  using folder = new Folder();
  await using started = new CliProcess(["start", join(ROOT, "examples/azure/javascript")], folder.path);
  await started.printed(/"event":"host\.started".*"url":"http:\/\/localhost:7071"/);
  const start = await fetch(`http://localhost:${PORT}/api/DurableFunction_HttpStart`);
  const { statusQueryGetUri = "" } = (await start.json()) as { readonly [field: string]: string };
  assert.match(statusQueryGetUri, /^http:\/\/localhost:7071\/runtime\/webhooks\/durabletask\/instances\//);
  started.signal("SIGTERM");
  assert.equal(await started.exited, 0);
});
