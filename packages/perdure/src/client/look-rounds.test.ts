import assert from "node:assert/strict";
import test from "node:test";
import { VirtualTime } from "../testing/virtual-time.ts";
import { LookRounds } from "./look-rounds.ts";

/** `count` waits that look again and again, as long as they last. */
function crowd(time: VirtualTime, rounds: LookRounds, count: number, elsewhere: boolean): number[] {
  const looks = new Array<number>(count).fill(0);
  for (let wait = 0; wait < count; wait++) {
    const look = () => {
      looks[wait] = (looks[wait] ?? 0) + 1;
      time.soon(() => rounds.add(look, elsewhere));
    };
    rounds.add(look, elsewhere);
  }
  return looks;
}

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

test("few waits look four times a second each", async () => {
  const time = new VirtualTime();
  const looks = crowd(time, new LookRounds(time, () => () => {}), 20, false);
  await time.advance(2_010);
  assert.deepEqual([...new Set(looks)], [8]);
});

test("20,000 waits cost 1,000 looks a second together, and each has its turn", async () => {
  const time = new VirtualTime();
  const looks = crowd(time, new LookRounds(time, () => () => {}), 20_000, true);
  await time.advance(21_000);
  assert.ok(sum(looks) <= 21_100 && sum(looks) >= 20_000, `${sum(looks)} looks`);
  assert.ok(looks.every((count) => count === 1 || count === 2));
});

test("a hint makes those look whom it may concern, and a storm of hints costs no more than polling", async () => {
  const time = new VirtualTime();
  let hint = () => {};
  let listening = 0;
  const rounds = new LookRounds(time, (listener) => {
    hint = listener;
    listening += 1;
    return () => {
      listening -= 1;
    };
  });
  const here = crowd(time, rounds, 5, false);
  assert.equal(listening, 0, "nobody waits for what runs in another process");
  const there = crowd(time, rounds, 5, true);
  assert.equal(listening, 1);
  hint();
  await time.settle();
  assert.deepEqual([sum(here), sum(there)], [0, 5]);
  const storm = crowd(time, rounds, 3_000, true);
  for (let ms = 0; ms < 1_000; ms++) {
    hint();
    await time.advance(1);
  }
  assert.ok(sum(storm) <= 1_100, `${sum(storm)} looks in one second`);
});

test("when nobody waits any more nothing runs on", async () => {
  const time = new VirtualTime();
  let listening = false;
  const rounds = new LookRounds(time, () => {
    listening = true;
    return () => {
      listening = false;
    };
  });
  let looks = 0;
  const look = () => {
    looks += 1;
  };
  rounds.add(look, true);
  await time.advance(260);
  assert.equal(looks, 1);
  rounds.remove(look);
  assert.equal(listening, false, "it was taken for its look when it was given up");
  await time.advance(1_000);
  assert.equal(looks, 1);
});
