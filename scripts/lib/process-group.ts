// Run as a process of its own, the leader of a process group: `process-group.ts COMMAND ARGUMENT…`. It runs the command, and ends with its exit code
// when no process of the group is left. When its input closes, which happens however its parent ends, or at a signal, it ends the group.
import { execFile, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** For processes that drain, before they are killed. */
const END_MS = 4_000;
/** For what ends by itself a little later than the command: a worker process whose parent was killed looks for it every now and then. */
const LEFT_MS = 5_000;
/** A look starts `ps`. Each that finds someone is followed by one after twice the time. */
const LOOK_AFTER_MS = { first: 25, most: 400 } as const;

const [command = "", ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
const exitCode = new Promise<number>((resolve) => {
  child.on("error", (error) => {
    console.error(error.message);
    resolve(1);
  });
  child.on("close", (code) => resolve(code ?? 1));
});
const cut = new Promise<"cut">((resolve) => {
  process.stdin.on("close", () => resolve("cut")).on("error", () => {});
  process.stdin.resume();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve("cut"));
});
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {}); // the parent is gone

const end = await Promise.race([exitCode, cut]);
if (end === "cut") {
  process.kill(-process.pid, "SIGTERM");
  await untilAlone(END_MS);
  killAll();
}
const left = await untilAlone(LEFT_MS);
for (const text of left) console.error(`Left behind, and killed: process ${text}`);
if (left.length > 0) killAll();
process.exit(end === "cut" ? 1 : end);

/** Itself too. */
function killAll(): void {
  process.kill(-process.pid, "SIGKILL");
}

/** Who is still there after that time. */
async function untilAlone(ms: number): Promise<readonly string[]> {
  const until = performance.now() + ms;
  for (let pause: number = LOOK_AFTER_MS.first; ; pause = Math.min(2 * pause, LOOK_AFTER_MS.most)) {
    const others = await members();
    if (others.length === 0 || performance.now() > until) return others;
    await sleep(pause);
  }
}

/** The other living processes of this group: their ids and command lines. None where there is no `ps`. */
async function members(): Promise<readonly string[]> {
  const asking = promisify(execFile)("ps", ["-A", "-o", "pgid=,stat=,pid=,args="], { maxBuffer: 1 << 26 });
  const listed = await asking.then(
    ({ stdout }) => stdout,
    () => "",
  );
  return listed
    .split("\n")
    .map((line) => /^\s*(\d+)\s+([^Z\s]\S*)\s+((\d+)\s.*)$/.exec(line))
    .filter((match) => match !== null)
    .filter(([, group, , , pid]) => Number(group) === process.pid && Number(pid) !== process.pid && Number(pid) !== asking.child.pid)
    .map(([, , , text = ""]) => text);
}
