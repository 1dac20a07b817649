import assert from "node:assert/strict";
import test from "node:test";
import { Random } from "./random.ts";
import { NodeTime, VirtualCalendar, VirtualTime } from "./virtual-time.ts";

test("timers run in order of time, then of asking, and none before its time", async () => {
  const time = new VirtualTime();
  const seen: string[] = [];
  time.after(20, () => seen.push(`late ${time.monotonicMs()}`));
  time.after(10, () => seen.push(`first ${time.monotonicMs()}`));
  time.after(10, () => seen.push(`second ${time.monotonicMs()}`));
  time.after(10, () => seen.push("cancelled"))();
  await time.advance(15);
  assert.deepEqual(seen, ["first 10", "second 10"]);
  assert.equal(time.monotonicMs(), 15);
  await time.advance(5);
  assert.deepEqual(seen, ["first 10", "second 10", "late 20"]);
});

test("time does not pass while promises and ticks are at work", async () => {
  const time = new VirtualTime();
  let at = -1;
  const work = async () => {
    for (let i = 0; i < 50; i++) await Promise.resolve();
    await new Promise<void>((resolve) => process.nextTick(resolve));
    at = time.monotonicMs();
  };
  time.after(1, () => void work());
  time.after(2, () => {});
  await time.advance(10);
  assert.equal(at, 1);
});

test("a frozen process runs its timers late and in order, a dead one never", async () => {
  const time = new VirtualTime();
  const [frozen, dead] = [new NodeTime(time), new NodeTime(time)];
  const seen: string[] = [];
  frozen.after(5, () => seen.push(`a ${time.monotonicMs()}`));
  frozen.after(6, () => seen.push(`b ${time.monotonicMs()}`));
  dead.after(5, () => seen.push("dead"));
  frozen.freeze();
  dead.kill();
  await time.advance(100);
  assert.deepEqual(seen, []);
  frozen.thaw();
  await time.flush();
  assert.deepEqual(seen, ["a 100", "b 100"]);
});

test("code that runs for ever without time passing is stopped", async () => {
  const time = new VirtualTime();
  const again = () => time.soon(again);
  again();
  await assert.rejects(time.advance(1), /livelock/);
});

test("a calendar that is set back says by how much", async () => {
  const time = new VirtualTime();
  const calendar = new VirtualCalendar(time, 1_000);
  await time.advance(10);
  calendar.step(-400);
  calendar.step(50);
  assert.deepEqual([calendar.now(), calendar.setBackMs], [660, 400]);
});

test("one seed, one sequence", () => {
  const draw = (seed: number) => Array.from({ length: 5 }, (_, at) => new Random(seed, at).hex());
  assert.deepEqual(draw(42), draw(42));
  assert.notDeepEqual(draw(42), draw(43));
  const random = new Random(1);
  const dice = Array.from({ length: 6_000 }, () => random.int(6));
  for (let face = 0; face < 6; face++) assert.ok(Math.abs(dice.filter((one) => one === face).length - 1_000) < 150);
});

test("it looks often at what is real at first, and each millisecond when that takes long", async () => {
  let looks = 0;
  let isBusy = true;
  const time = new VirtualTime(() => {
    looks += 1;
    return isBusy;
  });
  setTimeout(() => {
    isBusy = false;
  }, 200);
  await time.advance(1);
  assert.ok(looks > 200 && looks < 500, `${looks} looks`);
});
