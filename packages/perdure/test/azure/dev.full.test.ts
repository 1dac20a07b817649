import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { until } from "../../src/process/testing/until.ts";
import { azureFolder } from "./testing/azure-folder.ts";
import { AzureHost } from "./testing/azure-host.ts";

/** Stands for a compiler: what it makes is what it was given, half a second later, also where that is wrong. */
const BUILD = `
const { appendFileSync, mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const source = readFileSync("src/app.ts", "utf8");
appendFileSync("builds.txt", "build\\n");
setTimeout(() => {
  mkdirSync("dist", { recursive: true });
  writeFileSync("dist/app.js", source);
  if (source.includes("broken")) { console.log("src/app.ts(3,1): error TS1005"); process.exit(1); }
}, 500);
`;
const source = (say: string) => `
const { app } = require("@azure/functions");
app.get("Told", () => ({ body: "${say}" }));
`;

test("perdure dev builds an Azure app when its sources change: once for each change, also for one that comes while it is built", async () => {
  using folder = azureFolder({
    files: { "src/app.ts": source("v1"), "build.js": BUILD },
    manifest: { main: "dist/*.js", scripts: { build: "node build.js" } },
  });
  await using host = await AzureHost.start(".", folder.path, ["--store", "memory:"], {}, "dev");
  const told = async () => (await fetch(`${host.url}/api/Told`)).text();
  const builds = () => readFileSync(join(folder.path, "builds.txt"), "utf8").split("\n").length - 1;
  const loads = () => host.output.split('"event":"dev.loaded"').length - 1;
  assert.deepEqual([await told(), builds()], ["v1", 1]);

  folder.write("src/app.ts", source("v2"));
  await until("it is loaded", async () => (await told()) === "v2", 60_000);
  await pause(1_500); // what the build has written is not loaded again
  assert.deepEqual([builds(), loads()], [2, 1]);

  folder.write("src/app.ts", source("v3"));
  await until("it is built", () => builds() === 3, 60_000);
  folder.write("src/app.ts", source("v4"));
  await until("it is loaded", async () => (await told()) === "v4", 60_000);
  await pause(1_500);
  assert.deepEqual([builds(), loads()], [4, 2]);

  folder.write("src/app.ts", source("broken"));
  await host.printed(/"event":"dev\.not-loaded"[^\n]*error TS1005/);
  await pause(1_500); // nor what a build has written that has failed
  const begun = host.output.split('"event":"app.building"').length - 1;
  assert.deepEqual([await told(), begun, loads()], ["v4", 5, 2]);
  assert.doesNotMatch(host.output, /cannot be loaded[^\n]*Nothing was started/);
  folder.write("src/app.ts", source("v5"));
  await until("it is loaded", async () => (await told()) === "v5", 60_000);
});
