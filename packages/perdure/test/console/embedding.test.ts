import assert from "node:assert/strict";
import { test } from "node:test";
import { TaskHub } from "perdure";
import type { ConsoleOptions } from "perdure/console";
import { createConsole } from "perdure/console";
import { createHttpHandler } from "perdure/http";
import type { HubInfo } from "../../src/console/wire.ts";

test("a program serves the console of its hub", async () => {
  await using hub = await TaskHub.open("memory:", { log: false, name: "Orders" });
  const handler = createHttpHandler(hub, { mounts: [createConsole(hub, { path: "/ops/console", version: "7" })] });
  const answer = await handler(new Request("http://localhost/ops/console/api/v1/hub"));
  const { name, version, role, features }: HubInfo = JSON.parse(await answer.text());
  assert.deepEqual([name, version, role, features.includes("source")], ["Orders", "7", "write", false]);
  assert.equal((await handler(new Request("http://localhost/console/api/v1/hub"))).status, 404);
});

test("a console without keys is not served beside an API that asks for them: that may be open to a whole network", async () => {
  await using hub = await TaskHub.open("memory:", { log: false });
  await using closed = await TaskHub.open("memory:", { log: false, keys: ["k"] });
  assert.throws(
    () => createHttpHandler(hub, { keys: ["k"], mounts: [createConsole(hub)] }),
    /"mounts".*createConsole\(hub, \{ keys: … \}\)/,
  );
  assert.throws(() => createHttpHandler(closed, { mounts: [createConsole(closed, { keys: [] })] }), /"mounts"/);
  const handler = createHttpHandler(hub, { keys: ["k"], mounts: [createConsole(hub, { keys: ["k"] })] });
  assert.equal((await handler(new Request("http://orders.example/console/api/v1/hub"))).status, 401);
});

test("options that cannot work are errors that name them", async () => {
  await using hub = await TaskHub.open("memory:", { log: false });
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{ paths: "/x" }, /no option "paths"/],
    [{ path: "console" }, /"path" is "console"; expected a path such as/],
    [{ path: "/" }, /"path"/],
    [{ version: 1 }, /"version"/],
    [{ keys: "k" }, /"keys"/],
    [{ keys: ["k"], readKeys: [""] }, /"readKeys"/],
    [{ keys: ["k"], readKeys: ["k"] }, /"readKeys".*other keys/],
    [{ readKeys: ["r"] }, /"readKeys".*none without keys/],
    [{ payloads: "some" }, /"payloads"/],
    [{ payloads: { redact: [] } }, /"payloads"/],
    [{ payloads: { redact: ["a..b"] } }, /"payloads"/],
  ];
  for (const [options, message] of wrong) assert.throws(() => createConsole(hub, options as ConsoleOptions), message);
  assert.throws(() => createConsole({} as TaskHub), /"hub".*a TaskHub/);
});
