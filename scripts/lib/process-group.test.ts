import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inTurn } from "../../packages/perdure/src/process/testing/in-turn.ts";
import { ROOT } from "./paths.ts";
import { runNodeGroup } from "./run.ts";

const noGroups = process.platform === "win32" && "this system has no process groups";

/** Starts a child and a grandchild that do not hear SIGTERM, writes the ids of all three, and lives on, or ends. */
const FAMILY = `
  const { spawn } = require("node:child_process");
  const { writeFileSync, renameSync } = require("node:fs");
  const deaf = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);";
  const child = spawn(process.execPath, ["-e", deaf + "const g = require('node:child_process').spawn(process.execPath, ['-e', " + JSON.stringify(deaf) + "], { stdio: 'ignore' }); process.send(g.pid)"], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  child.on("message", (grandchild) => {
    writeFileSync(process.env.PIDS + ".new", [process.pid, child.pid, grandchild].join(" "));
    renameSync(process.env.PIDS + ".new", process.env.PIDS);
    if (process.env.ENDS) process.exit(0);
  });
`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return existsSync("/proc/self/stat") ? !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, "latin1")) : true;
  } catch {
    return false;
  }
}

async function until(what: () => boolean): Promise<void> {
  for (const end = performance.now() + 30_000; !what(); await sleep(20)) assert.ok(performance.now() < end, `${what} never came true`);
}

/** Each waits out the seconds that processes have for their end. */
describe("a group of processes", { concurrency: true }, () => {
  for (const signal of inTurn("signals", ["SIGINT", "SIGTERM", "SIGKILL"] as const)) {
    test(`a run that is cut by ${signal} leaves no process behind`, { skip: noGroups }, async () => {
      const folder = mkdtempSync(join(tmpdir(), "perdure-group-"));
      const pids = join(folder, "pids");
      const runner = `
        import { endGroupsAtSignals, runNodeGroup } from ${JSON.stringify(`${ROOT}/scripts/lib/run.ts`)};
        endGroupsAtSignals(async () => {});
        await runNodeGroup(["-e", ${JSON.stringify(FAMILY)}]);
      `;
      try {
        const args = ["--input-type=module-typescript", "-e", runner];
        const child = spawn(process.execPath, args, { env: { ...process.env, PIDS: pids, ENDS: "" }, stdio: "ignore" });
        const ended = new Promise((resolve) => child.once("exit", (code, how) => resolve(how ?? code)));
        await until(() => existsSync(pids));
        const family = readFileSync(pids, "utf8").split(" ").map(Number);
        assert.deepEqual(family.map(isAlive), [true, true, true]);
        child.kill(signal);
        const expected = { SIGINT: 130, SIGTERM: 143, SIGKILL: "SIGKILL" } as const;
        assert.equal(await ended, expected[signal]);
        if (signal !== "SIGKILL") assert.deepEqual(family.map(isAlive), [false, false, false]);
        await until(() => !family.some(isAlive));
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  test("who is left when the command has ended is named, is killed, and fails the run", { skip: noGroups }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "perdure-group-"));
    const before = { ...process.env };
    try {
      Object.assign(process.env, { PIDS: join(folder, "pids"), ENDS: "1" });
      const result = await runNodeGroup(["-e", FAMILY]);
      const [command = 0, ...others] = readFileSync(join(folder, "pids"), "utf8").split(" ").map(Number);
      assert.equal(result.ok, false);
      for (const pid of others) assert.match(result.output, new RegExp(`Left behind, and killed: process ${pid} `));
      await until(() => ![command, ...others].some(isAlive));
    } finally {
      process.env = before;
      rmSync(folder, { recursive: true });
    }
  });

  test("a command that ends in order has its own exit code and output", async () => {
    const good = await runNodeGroup(["-e", "console.log('done')"]);
    assert.deepEqual([good.ok, good.output], [true, "done\n"]);
    assert.equal((await runNodeGroup(["-e", "process.exit(3)"])).ok, false);
  });
});
