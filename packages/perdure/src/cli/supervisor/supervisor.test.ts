import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogEntry } from "../../telemetry/engine-log.ts";
import { VirtualTime } from "../../testing/virtual-time.ts";
import type { ChildEnd, ChildEvents } from "./supervisor.ts";
import { Supervisor } from "./supervisor.ts";

const DIED: ChildEnd = { code: null, signal: "SIGKILL", error: null };
const DRAINED: ChildEnd = { code: 0, signal: null, error: null };

interface Life extends ChildEvents {
  readonly number: number;
  readonly bornAt: number;
  readonly told: string[];
}

/** Processes that live in this test, on a clock of its own; `born` is called with each. */
function stage(count: number, born: (life: Life) => void = (life) => life.onReady()) {
  const time = new VirtualTime();
  const lives: Life[] = [];
  const log: LogEntry[] = [];
  const supervisor = new Supervisor({
    count,
    spawn: (number, events) => {
      const life: Life = { ...events, number, bornAt: time.monotonicMs(), told: [] };
      lives.push(life);
      time.soon(() => born(life));
      return {
        pid: 1_000 + lives.length,
        drain: () => life.told.push("drain"),
        askCount: () => life.told.push("count"),
        kill: () => life.told.push("kill"),
      };
    },
    scheduler: time,
    now: () => time.monotonicMs(),
    log: { enabled: () => true, write: (entry) => log.push(entry) },
    drainLimitMs: 15_000,
  });
  const start = async () => {
    const started = supervisor.start();
    started.catch(() => {});
    await time.advance(0);
    return { started };
  };
  const events = () => log.map((entry) => `${entry.level} ${entry.event}`);
  return { time, lives, log, supervisor, start, events };
}

test("a place that loses one process after the other stays empty longer and longer, and the log says so", async () => {
  const { time, lives, log, start } = stage(1, (life) => {
    life.onReady();
    life.onEnd(DIED);
  });
  await start();
  await time.advance(100_000);
  const births = lives.map((life) => life.bornAt / 1_000);
  assert.deepEqual(births, [0, 0, 1, 3, 7, 15, 31, 61, 91]);
  const alarms = log.filter((entry) => entry.event === "worker-process.dies-again");
  assert.equal(alarms[0]?.level, "error");
  assert.match(alarms[0]?.message ?? "", /Worker process 1 was ended by SIGKILL: 3 deaths in a row.*next one starts in 2 s/);
  assert.deepEqual(alarms[0]?.fields.deathsInARow, 3);
});

test("one death costs nothing: the place is filled at once, and a process that was well begins a new row", async () => {
  const { time, lives, start, events } = stage(2);
  await start();
  for (let n = 0; n < 4; n++) {
    await time.advance(10_000);
    lives.at(-1)?.onEnd(DIED);
    await time.advance(0);
    assert.equal(lives.at(-1)?.bornAt, time.monotonicMs());
  }
  assert.equal(lives.length, 6);
  assert.deepEqual([...new Set(lives.slice(1).map((life) => life.number))], [2]);
  assert.ok(!events().includes("error worker-process.dies-again"));
});

test("a process that was drained by itself is replaced at once, however often", async () => {
  const { time, lives, start, events } = stage(1);
  await start();
  for (let n = 0; n < 5; n++) {
    lives.at(-1)?.onDraining();
    lives.at(-1)?.onEnd(DRAINED);
    await time.advance(1);
  }
  assert.equal(lives.length, 6);
  assert.ok(!events().includes("warn worker-process.died"));
});

test("the start waits for those that become ready or die, and fails when no worker became ready", async () => {
  const mixed = stage(2, (life) => (life.number === 1 ? life.onEnd(DIED) : life.onReady()));
  await (await mixed.start()).started;
  const none = stage(2, (life) => life.onEnd({ code: 1, signal: null, error: null }));
  const { started } = await none.start();
  await assert.rejects(started, /None of the 2 worker processes started/);
  const born = none.lives.length;
  await none.time.advance(60_000);
  assert.equal(none.lives.length, born);
});

test("a process that is killed in its first second does not end the start: the next one in its place is waited for", async () => {
  let births = 0;
  const { time, start, supervisor, lives } = stage(2, (life) => {
    births += 1;
    if (births <= 5) life.onEnd(DIED);
    else life.onReady();
  });
  const { started } = await start();
  let isStarted = false;
  void started.then(() => {
    isStarted = true;
  });
  await time.advance(500);
  assert.equal(isStarted, false);
  await time.advance(2_000);
  assert.equal(isStarted, true);
  assert.ok(supervisor.hasReadyWorker);
  assert.ok(lives.length >= 6);
});

test("a start whose processes are killed again and again ends by a stop", async () => {
  const { time, start, supervisor } = stage(1, (life) => life.onEnd(DIED));
  const { started } = await start();
  await time.advance(30_000);
  await supervisor.stop();
  await started;
});

test("a stop drains all, ends when they are gone, replaces none, and cuts what does not end", async () => {
  const { time, lives, supervisor, start, events } = stage(3);
  await start();
  const stopped = supervisor.stop();
  assert.deepEqual(
    lives.map((life) => life.told),
    [["drain"], ["drain"], ["drain"]],
  );
  lives[0]?.onDraining();
  lives[0]?.onEnd(DRAINED);
  lives[1]?.onEnd(DIED);
  await time.advance(14_999);
  assert.deepEqual(lives[2]?.told, ["drain"]);
  await time.advance(1);
  assert.deepEqual(lives[2]?.told, ["drain", "kill"]);
  lives[2]?.onEnd(DIED);
  await stopped;
  await time.advance(60_000);
  assert.equal(lives.length, 3);
  assert.ok(events().includes("warn worker-process.drain-cut"));
});

test("a stop during a pause leaves the place empty", async () => {
  const { time, lives, supervisor, start } = stage(1, (life) => life.onReady());
  await start();
  lives.at(-1)?.onEnd(DIED);
  await time.advance(0);
  lives.at(-1)?.onEnd(DIED);
  await supervisor.stop();
  await time.advance(60_000);
  assert.equal(lives.length, 2);
});
