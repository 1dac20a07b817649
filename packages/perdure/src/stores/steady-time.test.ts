import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HOUR, Machine, NOON } from "./machine.testsuite.ts";
import type { ClockNews } from "./steady-time.ts";
import { beginningOfTime, GREATEST_SLEW, SteadyTime } from "./steady-time.ts";

function started(machine = new Machine(), begin = NOON) {
  const news: ClockNews[] = [];
  const time = new SteadyTime(machine, begin, (item) => news.push(item));
  return { machine, time, news, passed: () => time.now() - begin };
}

test("a clock that is set forward or back changes nothing at once, and says so", () => {
  for (const step of [HOUR, -HOUR, 1_500, -86_400_000 * 400]) {
    const { machine, passed, news } = started();
    machine.run(1_000);
    assert.equal(passed(), 1_000);
    machine.setClock(step);
    assert.equal(passed(), 1_000);
    machine.run(10_000);
    assert.ok(Math.abs(passed() - 11_000) <= 10_000 * GREATEST_SLEW + 1, String(passed()));
    assert.deepEqual(news, [{ stepMs: step, aheadMs: step }]);
  }
});

test("forward and back again within minutes: nothing was due early, nothing is late for long", () => {
  const { machine, passed, news } = started();
  machine.setClock(HOUR);
  for (let second = 0; second < 60; second++) {
    machine.run(1_000);
    passed();
  }
  machine.setClock(-HOUR);
  machine.run(60_000);
  assert.ok(Math.abs(passed() - 120_000) <= 2);
  machine.run(60_000);
  passed();
  assert.deepEqual(
    news.map(({ stepMs }) => stepMs),
    [HOUR, -HOUR],
  );
});

test("time that the machine slept counts in full, whatever is done to its clock meanwhile", () => {
  for (const step of [0, HOUR, -3 * HOUR]) {
    const { machine, passed } = started();
    machine.run(500);
    passed();
    machine.sleep(HOUR);
    machine.setClock(step);
    machine.run(1);
    assert.ok(Math.abs(passed() - HOUR - 501) <= HOUR * GREATEST_SLEW + 20, `${step}: ${passed()}`);
    assert.ok(step !== 0 || Math.abs(passed() - HOUR - 501) <= 1);
  }
});

test("where the system does not tell of sleep, its clock is believed slowly", () => {
  const machine = new Machine();
  machine.hasUptime = false;
  const { passed } = started(machine);
  machine.sleep(HOUR);
  assert.equal(passed(), 0);
  for (let minute = 0; minute < 6_001; minute++) {
    machine.run(60_000);
    passed();
  }
  assert.ok(Math.abs(passed() - HOUR - 6_001 * 60_000) <= 1);
});

test("a corrected clock is believed in the end, from both sides, and that is said", () => {
  for (const step of [HOUR, -HOUR]) {
    const { machine, passed, news } = started();
    machine.setClock(step);
    let hours = 0;
    for (; news.length < 2 && hours < 1_000; hours++) {
      machine.run(HOUR);
      passed();
    }
    assert.ok(hours <= 101, `${hours} h`);
    assert.equal(news[1]?.stepMs, 0);
    machine.run(HOUR);
    assert.ok(Math.abs(passed() - step - (hours + 1) * HOUR) <= 1);
  }
});

test("whatever happens to the clock: time never falls, and is never further from what passed than the slew allows", () => {
  const act = fc.oneof(
    fc.record({ kind: fc.constant("run" as const), ms: fc.integer({ min: 0, max: 100_000 }) }),
    fc.record({ kind: fc.constant("sleep" as const), ms: fc.integer({ min: 5_000, max: 10_000_000 }) }),
    fc.record({ kind: fc.constant("set" as const), ms: fc.integer({ min: -40_000_000, max: 40_000_000 }) }),
    fc.record({ kind: fc.constant("look" as const), ms: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const { machine, time } = started();
      let last = time.now();
      let truth = NOON;
      let slept = 0;
      for (const { kind, ms } of acts) {
        if (kind === "run") machine.run(ms);
        else if (kind === "sleep") {
          time.now(); // a process looks at the time before a machine sleeps, and at once after it
          machine.sleep(ms);
          slept += 1;
        } else if (kind === "set") machine.setClock(ms);
        if (kind !== "set") truth += ms;
        const now = time.now();
        assert.ok(now >= last, "fell");
        const slack = (truth - NOON) * GREATEST_SLEW + slept * 1_520 + 1;
        assert.ok(Math.abs(now - truth) <= slack, `${now - truth} ms off after ${truth - NOON} ms`);
        last = now;
      }
    }),
    { seed: 20_261_128, numRuns: 2_000 },
  );
});

test("where time begins: it continues where another process has just kept it, else by the wall clock, and never falls", () => {
  const anchor = { time: NOON, uptime: 100_000, boot: 1 };
  const wall = NOON + HOUR;
  const at = (uptime: number, boot = 1) => beginningOfTime(NOON - 5, anchor, { uptime, boot }, wall);
  assert.equal(at(104_000), NOON + 4_000, "a minute has not passed");
  assert.equal(at(161_000), wall, "all were down for longer");
  assert.equal(at(104_000, 2), wall, "another boot");
  assert.equal(at(99_000), wall, "another boot of a machine without a name for it");
  assert.equal(beginningOfTime(NOON + 9_000, anchor, { uptime: 104_000, boot: 1 }, wall), NOON + 9_000);
  assert.equal(beginningOfTime(NOON, null, null, NOON - HOUR), NOON, "a clock that went back");
  assert.equal(beginningOfTime(NOON, anchor, null, wall), wall);
});
