import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogEntry } from "./engine-log.ts";
import { jsonLine, jsonLog } from "./json-log.ts";
import { isEnabled } from "./levels.ts";
import { peopleLog } from "./people-log.ts";

const NOON = new Date(2030, 0, 2, 12, 4, 5, 67);
const ENTRY: LogEntry = { level: "info", event: "worker.joined", message: "joined", fields: { worker: 7, host: "here", gone: null } };

function linesFor(level: "debug" | "info" | "warn" | "error" | "silent", entries: readonly LogEntry[], colour = false): string[] {
  const lines: string[] = [];
  const log = peopleLog({ level, colour, write: (text) => lines.push(text), now: () => NOON });
  for (const entry of entries) log.write(entry);
  return lines;
}

test("a line for people has time, level, message and the fields that are set", () => {
  assert.deepEqual(linesFor("info", [ENTRY]), ["12:04:05.067 info  joined worker=7 host=here\n"]);
});

test("colour only when asked for", () => {
  const [line = ""] = linesFor("info", [ENTRY], true);
  assert.ok(line.includes("\x1b[32minfo \x1b[0m"));
});

test("an error is shown with its stack, a long value is shortened", () => {
  const error = new Error("disk full");
  const [line = ""] = linesFor("info", [{ ...ENTRY, level: "error", fields: { error, result: "x".repeat(500) } }]);
  assert.match(line, /ERROR joined result=x{120}… \(500 characters\)\n {4}Error: disk full\n/);
});

test("the level decides what is written, silent writes nothing", () => {
  const entries = (["debug", "info", "warn", "error"] as const).map((level) => ({ ...ENTRY, level }));
  const counts = (["debug", "info", "warn", "error", "silent"] as const).map((level) => linesFor(level, entries).length);
  assert.deepEqual(counts, [4, 3, 2, 1, 0]);
  assert.equal(isEnabled("error", "silent"), false);
});

/** What `run` has written, so many lines. */
function structured(count: number, run: (log: ReturnType<typeof jsonLog>) => Promise<void> | void): Promise<Record<string, unknown>[]> {
  const folder = mkdtempSync(join(tmpdir(), "perdure-log-"));
  const file = join(folder, "log.jsonl");
  const fd = openSync(file, "w");
  return (async () => {
    try {
      const log = jsonLog({ level: "info", fd });
      await run(log);
      log.flush();
      for (;;) {
        const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
        if (lines.length >= count) return lines.map((line): Record<string, unknown> => JSON.parse(line));
        await sleep(1);
      }
    } finally {
      closeSync(fd);
      rmSync(folder, { recursive: true });
    }
  })();
}

test("structured lines are JSON with level, time, event, fields and msg, in that order", async () => {
  const lines = await structured(2, (log) => {
    log.write(ENTRY);
    log.write({ ...ENTRY, level: "debug" });
    log.passOn('{"from":"a child process"}');
  });
  assert.equal(lines.length, 2);
  // A flush at the end may overtake a write that is in flight: every line is there, the order of the last ones is not promised.
  lines.sort((a, b) => String(a.msg).localeCompare(String(b.msg)));
  assert.deepEqual(Object.keys(lines[0] ?? {}), ["level", "time", "event", "worker", "host", "gone", "msg"]);
  assert.deepEqual(
    { ...lines[0], time: null },
    { level: "info", time: null, event: "worker.joined", worker: 7, host: "here", gone: null, msg: "joined" },
  );
  assert.match(String(lines[0]?.time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual(lines[1], { from: "a child process" });
});

test("an error has its type, message, stack, own fields and causes", () => {
  const cause: Error & { cause?: unknown } = new RangeError("the disk is full");
  const error = Object.assign(new TypeError("not saved", { cause }), { code: "ENOSPC", path: "/data" });
  const line = JSON.parse(jsonLine({ ...ENTRY, fields: { error, id: 7 } }, NOON));
  const { stack, cause: inner, ...rest } = line.error;
  assert.deepEqual(rest, { code: "ENOSPC", path: "/data", type: "TypeError", message: "not saved" });
  assert.match(stack, /^TypeError: not saved\n {4}at /);
  assert.equal(inner.message, "the disk is full");
  cause.cause = error;
  assert.equal(JSON.parse(jsonLine({ ...ENTRY, fields: { error, id: 7 } }, NOON)).id, 7);
});

test("a field that has no JSON costs neither the line nor the type of the others", () => {
  const line = JSON.parse(jsonLine({ ...ENTRY, fields: { count: 12n, id: 7, list: [1] } }, NOON));
  assert.deepEqual([line.count, line.id, line.list, line.msg], ["12", 7, [1], "joined"]);
});
