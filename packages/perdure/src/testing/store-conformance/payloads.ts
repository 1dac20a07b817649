import assert from "node:assert/strict";
import { describe } from "node:test";
import { payload } from "../../model/payload.ts";
import type { StoreFixture } from "./fixture.ts";
import { START_OF_TIME } from "./fixture.ts";
import { append, birth, ending, event, id, spec, storeTest, task, toNo, update } from "./hub.ts";

/** 5 MB of JSON text that no compressor makes vanish, with letters of one to four bytes. */
function large(): string {
  let seed = 7;
  const words: string[] = [];
  for (let chars = 0; chars < 5 * 1_024 * 1_024; chars += 8) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    words.push(seed.toString(36).padStart(6, "æ"));
  }
  return JSON.stringify(`${words.join(" ")} 🚚`);
}

const SIZES = [0, 1, 2_047, 2_049, 5_000, 16_383, 16_385, 70_000] as const;

export function payloadsSuite(fixture: StoreFixture): void {
  describe(`${fixture.name}: payloads`, () => {
    storeTest(fixture, "5 MB in every place comes back as it went", async ({ store, join, row }) => {
      const big = large();
      const hand = await join();
      await store.start({ start: spec("i", { input: payload(big) }), onExisting: "error" });
      const [claimed] = await hand.claim();
      const { no, version } = claimed!;
      await hand.commit({
        messages: [toNo(no, event("e", { input: payload(big) }))],
        newTasks: [task(no, 1, { body: big, progress: big })],
      });
      const [mail] = await hand.mail();
      assert.equal(JSON.parse(mail!.body).input, big);
      const history = [append(no, 0, 1, `[${big}]`)];
      await hand.commit({ history, updates: [update(no, version)], consumed: [{ no, seq: mail!.seq }] });
      await hand.commit({ updates: [ending(no, version + 1, big)] });
      const { input, output } = await row("i");
      assert.ok(input === big && output === big);
      const [loaded] = await store.load([no]);
      assert.ok(loaded?.row.input === big && loaded.history[0]?.events === `[${big}]`);
      assert.ok(loaded.tasks[0]?.body === big && loaded.tasks[0].progress === big);
    });

    storeTest(fixture, "sizes around every threshold", async ({ store, join, row }) => {
      const hand = await join();
      for (const size of SIZES) {
        for (const letter of ["x", "é", "订"]) {
          const text = JSON.stringify(letter.repeat(size));
          const name = `${letter}${size}`;
          await store.start({ start: spec(name, { input: payload(text) }), onExisting: "error" });
          const [claimed] = await hand.claim();
          const { no, version } = claimed!;
          const history = [append(no, 0, 1, `[${text}]`)];
          await hand.commit({ history, updates: [update(no, version, { customStatus: text })] });
          assert.equal((await row(name)).customStatus, text);
          await hand.commit({ updates: [ending(no, version + 1, text)] });
          const { input, output } = await row(name);
          assert.deepEqual([input === text, output === text], [true, true], name);
          assert.equal((await store.readHistory(id(name)))[0]?.events, `[${text}]`);
        }
      }
    });

    storeTest(fixture, "input that shrinks and grows at continue-as-new", async ({ join, row }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      const inputs = ["x".repeat(9_000), "small", null, "y".repeat(40_000), "z".repeat(3_000)].map((text) => JSON.stringify(text));
      for (const [index, input] of inputs.entries()) {
        await hand.commit({ updates: [update(no!, index, { generation: index + 1, input })] });
        assert.equal((await row("i")).input, input);
      }
    });

    // A store may have a statement of its own for each: what one has written, the next must replace or keep.
    storeTest(
      fixture,
      "one row or several in a batch, small or large strings in it, with or without a new input, one after the other",
      async ({ join, row, store }) => {
        const hand = await join();
        const [small, large] = ['"s"', JSON.stringify("L".repeat(30_000))];
        const steps = [small, large, small, null, large, large, null, small];
        for (const ids of [["a"], ["b", "c", "d"]]) {
          const nos = await hand.numbers(ids.length);
          const labels = { version: "1.0", tags: { of: "birth" } };
          const births = nos.map((no, index) => birth(no, ids[index]!, { start: spec(ids[index]!, { ...labels, input: payload(small) }) }));
          await hand.commit({
            creates: births,
            updates: nos.map((no) => update(no, 0, { customStatus: large })),
            history: nos.map((no) => append(no, 0, 1, "[0]")),
          });
          const expected = { customStatus: large as string | null, input: small, ...labels };
          for (const [index, text] of steps.entries()) {
            const isNew = index % 3 === 2;
            const input = isNew ? (text ?? small) : undefined;
            const given = { version: `2.${index}`, tags: { step: String(index) } };
            const more = input === undefined ? {} : { input, labels: given };
            await hand.commit({
              updates: nos.map((no) => update(no, index + 1, { customStatus: text, ...more })),
              history: nos.map((no) => append(no, index + 1, 1, text ?? "[]")),
            });
            Object.assign(expected, { customStatus: text }, input === undefined ? {} : { input, ...given });
            for (const name of ids) {
              const { customStatus, input: written, orchestrationVersion: version, tags } = await row(name);
              assert.deepEqual({ customStatus, input: written, version, tags }, expected, `${name}, step ${index}`);
            }
          }
          await hand.commit({ updates: nos.map((no) => ending(no, steps.length + 1, small)) });
          for (const name of ids) {
            assert.equal((await row(name)).output, small);
            const events = (await store.readHistory(id(name))).map((chunk) => chunk.events);
            assert.deepEqual(events, ["[0]", ...steps.map((text) => text ?? "[]")]);
          }
        }
      },
    );

    storeTest(fixture, "history comes back byte for byte, in order", async ({ store, join }) => {
      const hand = await join();
      const [no] = await hand.own("i");
      const chunks = Array.from({ length: 40 }, (_, index) => ({
        generation: 0,
        firstSeq: index * 2,
        count: 2,
        events: `[{"kind":"EventRaised", "ts":${START_OF_TIME + index},"name":"\\u0000 ${"é🚚".repeat(index * 40)}"},  ${index}]`,
      }));
      for (const [index, chunk] of chunks.entries())
        await hand.commit({ history: [{ ...append(no!, 0, 0, ""), ...chunk }], updates: [update(no!, index)] });
      assert.deepEqual(await store.loadHistory(no!, 0), chunks);
      assert.deepEqual(await store.readHistory(id("i")), chunks);
      assert.deepEqual((await store.load([no!]))[0]?.history, chunks);
      const { history } = await store.dump();
      assert.deepEqual(
        history,
        chunks.map((chunk) => ({ ...chunk, no })),
      );
    });
  });
}
