import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { until } from "../../process/testing/until.ts";
import { terminalKeyboard } from "../keyboard.ts";
import { Folder } from "../testing/spawn-cli.ts";
import { DevKeys } from "./dev-keys.ts";
import { DevLog } from "./dev-log.ts";
import { Misfits } from "./misfits.ts";
import type { OpenCheck } from "./open-check.ts";

const PATIENCE_MS = 10_000;

/** A terminal at which a test sits. */
function terminal() {
  const modes: boolean[] = [];
  const pipe = new PassThrough();
  const tty = Object.assign(pipe, { isTTY: true, setRawMode: (mode: boolean) => void modes.push(mode), unref: () => {} });
  return { modes, pipe, keyboard: terminalKeyboard(tty as unknown as Parameters<typeof terminalKeyboard>[0]) };
}

const NOTHING: OpenCheck = { replayed: 1, states: 0, found: [], missing: [], patches: [], isPart: false };
const unreadable = (instanceId: string) =>
  ({ instanceId, name: "Order", version: null, finding: { kind: "unreadable", message: "no" } }) as const;

function sitting(browser?: string) {
  const said: string[] = [];
  const done: string[] = [];
  const log = new DevLog({ enabled: () => true, write: ({ message }) => void said.push(message) }, true, "/app");
  const open: { found: OpenCheck["found"] } = { found: [] };
  const misfits = new Misfits({
    client: {
      terminate: async ({ instanceId, recursive }) => {
        done.push(`terminate ${instanceId} ${recursive}`);
        return { outcome: "delivered", status: "Running" };
      },
      reruns: {
        restart: async ({ instanceId, newInstanceId, onExisting }) => {
          done.push(`restart ${instanceId} as ${newInstanceId}, ${onExisting}`);
          return { kind: "notFound" };
        },
      },
    },
    log,
    check: async () => ({ ...NOTHING, found: open.found }),
    decided: () => void done.push("decided"),
  });
  const { keyboard, modes, pipe } = terminal();
  assert.ok(keyboard !== null);
  const act = (what: string) => () => void done.push(what);
  const parts = { keyboard, log, misfits, consoleUrl: "http://localhost:7071/console/", browser };
  const keys = new DevKeys({ ...parts, kill: act("kill"), reload: act("reload"), stop: act("stop") });
  const press = (text: string) => void pipe.write(text);
  const found = (...ids: readonly string[]) => {
    open.found = ids.map(unreadable);
    misfits.found({ ...NOTHING, found: open.found });
  };
  return { said, done, keys, press, modes, misfits, found, open };
}

test("keys kill, reload and quit, Ctrl+C among them, in either case; others do nothing", async () => {
  const { said, done, keys, press, modes } = sitting();
  assert.match(said[0] ?? "", /k kills what runs the app, o opens the console, r loads the app again, q quits/);
  press("kRxu t\u0003q");
  await until("all keys were heard", () => done.length === 4, PATIENCE_MS);
  assert.deepEqual(done, ["kill", "reload", "stop", "stop"]);
  keys.close();
  press("k");
  assert.deepEqual([done.length, modes], [4, [true, false]]);
});

test("while instances do not fit, u, r and t decide about those that still do not, once", async () => {
  const { said, done, press, misfits, found, open, keys } = sitting();
  found("a", "b", "c");
  keys.ask();
  assert.match(
    said.at(-1) ?? "",
    /These 3 instances do not fit the new code: u leaves them stopped until code fits, r restarts them, t terminates them/,
  );
  open.found = ["b", "c", "late"].map(unreadable); // a has ended meanwhile
  press("r");
  await until("the restart", () => said.at(-1)?.startsWith("2 instances restarted") === true, PATIENCE_MS);
  assert.deepEqual(done.splice(0), ["decided", "restart b as b, replace", "restart c as c, replace"]);
  assert.deepEqual(misfits.ids, []);
  press("r");
  await until("a reload", () => done.length > 0, PATIENCE_MS);
  assert.deepEqual(done.splice(0), ["reload"]);

  found("d");
  press("t");
  await until("the end", () => said.at(-1) === "1 instance terminated.", PATIENCE_MS);
  assert.deepEqual(done.splice(0), ["decided", "terminate d true"]);

  found("e");
  press("u");
  await until("it is left", () => said.at(-1)?.startsWith("Left as they are") === true, PATIENCE_MS);
  assert.deepEqual(done, ["decided"]);
});

test("o opens the console by what BROWSER names, and says where it is when nothing opens it", {
  skip: process.platform === "win32",
}, async () => {
  using folder = new Folder();
  const opened = `${folder.path}/opened`;
  const browser = folder.write("browser", `#!/bin/sh\nprintf %s "$1" > "${opened}.part" && mv "${opened}.part" "${opened}"\n`);
  chmodSync(browser, 0o755);
  sitting(browser).press("o");
  await until("the browser", () => existsSync(opened), PATIENCE_MS);
  assert.equal(readFileSync(opened, "utf8"), "http://localhost:7071/console/");
  const without = sitting(`${folder.path}/none`);
  without.press("o");
  await until(
    "the address",
    () => without.said.at(-1) === "No browser was found. The console is at http://localhost:7071/console/",
    PATIENCE_MS,
  );
});
