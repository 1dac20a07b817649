import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import type { Template } from "../packages/perdure/src/cli/init/templates.ts";
import { TEMPLATE_NAMES } from "../packages/perdure/src/cli/init/templates.ts";
import { until } from "../packages/perdure/src/process/testing/until.ts";
import { npm, npmCommand } from "./lib/npm.ts";
import { NODE24, PACKAGE, ROOT } from "./lib/paths.ts";
import { run } from "./lib/run.ts";
import { mustPass } from "./pack.testsuite.ts";

/** The Azure app is built first. */
const PATIENCE_MS = 240_000;

const scratch = mkdtempSync(join(tmpdir(), "perdure-init-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

const packed = join(scratch, "packed");
const { version: VERSION } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as { readonly version: string };

before(async () => {
  mustPass("npm run build", await run(process.execPath, ["scripts/build.ts"], { cwd: ROOT }));
  mkdirSync(packed);
  mustPass("npm pack", await npm(["pack", "--pack-destination", packed, "--ignore-scripts"], { cwd: PACKAGE }));
  mustPass("tar", await run("tar", ["-xzf", `perdure-${VERSION}.tgz`], { cwd: packed }));
});

/** What `npm install` does: Perdure is unpacked from the tarball, and what it and the app ask for is linked to what the workspace has. */
async function install(app: string): Promise<void> {
  const modules = join(app, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  mustPass("a copy of the package", await run("cp", ["-r", join(packed, "package"), join(modules, "perdure")]));
  const own = (path: string) => JSON.parse(readFileSync(path, "utf8")) as { readonly [key: string]: object };
  const { dependencies, devDependencies } = own(join(app, "package.json"));
  const all = { ...dependencies, ...devDependencies, ...own(join(modules, "perdure/package.json")).dependencies };
  for (const name of Object.keys(all).filter((one) => one !== "perdure")) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
  chmodSync(join(modules, "perdure/dist/cli/main.js"), 0o755);
  symlinkSync("../perdure/dist/cli/main.js", join(modules, ".bin/perdure"));
  symlinkSync("../typescript/bin/tsc", join(modules, ".bin/tsc"));
}

/** The app under `npm start`, until `use` has ended. npm hands no signal on, so all of its group get it. */
async function whileStarted(app: string, use: (url: string) => Promise<void>): Promise<void> {
  const [command, args] = npmCommand(["start", "--", "--port", "0"]);
  const host = spawn(command, args, { cwd: app, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(host, "close");
  let output = "";
  for (const stream of [host.stdout, host.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  try {
    const started = () =>
      /"event":"host\.started".*?"url":"([^"]+)"/.exec(output)?.[1] ?? (host.exitCode === null ? null : assert.fail(output));
    await use(await until("the start of the app", started, PATIENCE_MS));
  } finally {
    if (host.pid !== undefined && host.exitCode === null) process.kill(-host.pid, "SIGTERM");
    await closed;
  }
}

const post = (url: string, body: object) => fetch(url, { method: "POST", body: JSON.stringify(body) });

async function outputOf(response: Response): Promise<unknown> {
  assert.equal(response.status, 202, await response.clone().text());
  const { statusQueryGetUri } = (await response.json()) as { readonly statusQueryGetUri: string };
  const ended = async () => {
    const status = await fetch(statusQueryGetUri);
    return status.status === 200 && ((await status.json()) as { readonly output: unknown });
  };
  return (await until("the end of the instance", ended, PATIENCE_MS)).output;
}

/** What the command advises to do with the running app, and what comes of it. */
const TRIES: { readonly [Name in Template]: (url: string) => Promise<void> } = {
  minimal: async (url) => {
    assert.deepEqual(await (await fetch(`${url}/api/greet`)).json(), ["Hello, Tokyo!", "Hello, Seattle!", "Hello, London!"]);
  },
  approval: async (url) => {
    const started = await post(`${url}/api/expenses/e-1`, { who: "Ada", amount: 120 });
    assert.equal((await post(`${url}/api/expenses/e-1/decision`, { approved: true, by: "Grace" })).status, 202);
    assert.equal(await outputOf(started), "120 paid to Ada, approved by Grace");
  },
  agent: async (url) => {
    assert.match(await (await fetch(`${url}/api/agent`)).text(), /EventSource/);
    const asked = (await (await fetch(`${url}/api/agent`, { method: "POST", body: "Please refund order 42" })).json()) as {
      readonly id: string;
    };
    assert.equal((await post(`${url}/api/agent/${asked.id}/decision`, { allowed: true, by: "Grace" })).status, 202);
    const watched = await (await fetch(`${url}/runtime/webhooks/durabletask/instances/${asked.id}/watch`)).text();
    assert.match(watched, /event: progress\ndata: .*"activity":"AskModel"/);
    assert.match(watched, /order 42 is refunded/);
  },
  azure: async (url) => {
    const started = await fetch(`${url}/api/orchestrators/HelloCities`);
    assert.deepEqual(await outputOf(started), ["Hello, Tokyo!", "Hello, Seattle!", "Hello, Cairo!"]);
  },
};

for (const template of TEMPLATE_NAMES) {
  test(`perdure init --template ${template} of the packed package: the app starts, completes an instance, and its tests pass`, async () => {
    const app = join(scratch, template);
    const command = join(packed, "package/dist/cli/main.js");
    mustPass("perdure init", await run(process.execPath, [command, "init", app, "--template", template], { cwd: scratch }));
    await install(app);
    await whileStarted(app, TRIES[template]);
    mustPass("npm test", await npm(["test"], { cwd: app }));
    mustPass("tsc", await npm(["exec", "tsc"], { cwd: app }));
    if (template !== "azure") mustPass("its tests on the oldest Node", await run(NODE24, ["--test"], { cwd: app }));
  });
}

test("npm create perdure asks nothing, and writes what perdure init of the same release writes", async () => {
  const folder = join(scratch, "create");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), "{}"); // else npm looks for one above the folder
  await install(folder);
  mustPass(
    "npm pack",
    await npm(["pack", "--pack-destination", folder, "--ignore-scripts"], { cwd: join(ROOT, "packages/create-perdure") }),
  );
  mustPass("tar", await run("tar", ["-xzf", `create-perdure-${VERSION}.tgz`], { cwd: folder }));
  const create = (...args: readonly string[]) => run(process.execPath, ["package/main.js", ...args], { cwd: folder });
  const made = await create();
  mustPass("npm create perdure", made);
  assert.match(made.output, /A new app in perdure-app: an orchestration that waits for a person/);
  mustPass("with a template", await create("--template", "agent", "mine"));
  assert.ok(existsSync(join(folder, "mine/src/page.ts")));
  const refused = await create("mine");
  assert.equal(refused.ok, false);
  assert.match(refused.output, /APP_FOLDER_NOT_EMPTY/);
  const { version } = JSON.parse(readFileSync(join(folder, "package/package.json"), "utf8")) as { readonly version: string };
  assert.equal(version, VERSION, "both are released together");
});
