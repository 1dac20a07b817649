import assert from "node:assert/strict";
import { test } from "node:test";
import { openApp, threadsOf } from "./open-app.ts";

test("threads of an app: the option, else the number of processes that Azure is told, else one", () => {
  assert.equal(threadsOf({}, {}), 1);
  assert.equal(threadsOf({}, { FUNCTIONS_WORKER_PROCESS_COUNT: "4" }), 4);
  assert.equal(threadsOf({ "app-threads": 2 }, { FUNCTIONS_WORKER_PROCESS_COUNT: "4" }), 2);
  assert.equal(threadsOf({ "app-threads": 0 }, { FUNCTIONS_WORKER_PROCESS_COUNT: "4" }), 0);
  for (const noNumber of ["", "0", "-1", "many", "1.5"]) assert.equal(threadsOf({}, { FUNCTIONS_WORKER_PROCESS_COUNT: noNumber }), 1);
  assert.equal(threadsOf({}, { FUNCTIONS_WORKER_PROCESS_COUNT: "1000" }), 64);
});

test("an app in a process of its own, and in the host: that cannot be both", async () => {
  const options = { isolation: "process", "app-threads": 0 } as const;
  const parts = { app: "app", files: [], cwd: ".", env: {}, hubLog: {}, publicOrigin: null, azure: null };
  await assert.rejects(openApp({ ...parts, options }), /"--isolation" is "process"; expected --app-threads 1 or more with it/);
});
