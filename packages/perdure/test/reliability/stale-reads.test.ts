import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { orchestrator } from "perdure";
import { instanceId } from "../../src/model/ids.ts";
import type { Store } from "../../src/store/contract.ts";
import { StoreRefusalError } from "../../src/store/errors.ts";
import { spec } from "../../src/testing/store-conformance/hub.ts";
import type { Stand } from "../testing/stand.ts";
import { openStand } from "../testing/stand.ts";

const quick = orchestrator("quick", () => "done");
const listens = orchestrator("listens", async (ctx) => {
  const words: string[] = [];
  while (words.length < 3) {
    words.push(await ctx.waitForExternalEvent<string>("Word"));
    ctx.setCustomStatus(words.length);
  }
  return words;
});

/**
 * Holds back a commit, or the answer of one read, and refuses one commit, when told to: the worker then forgets everything and reads it again.
 */
class Trouble {
  commitsWait = Promise.resolve();
  hold: "look" | "load" | null = null;
  refuse = false;
  isHeld = false;
  /** A release was not done, since mail had come. */
  hadToStay = false;
  readonly letGo = Promise.withResolvers<void>();

  readonly around = (store: Store): Store => ({
    ...store,
    look: async (params) => {
      const seen = await store.look(params);
      if (seen.mail.length > 0) await this.#holdBack("look");
      return seen;
    },
    load: async (nos) => {
      const loaded = await store.load(nos);
      await this.#holdBack("load");
      return loaded;
    },
    commit: async (batch) => {
      await this.commitsWait;
      if (!this.refuse) {
        const receipt = await store.commit(batch);
        if (batch.releases.length > receipt.released.length) this.hadToStay = true;
        return receipt;
      }
      this.refuse = false;
      throw new StoreRefusalError({ kind: "notOwned", nos: [], missing: false });
    },
  });

  async #holdBack(read: "look" | "load"): Promise<void> {
    if (this.hold !== read) return;
    this.hold = null;
    this.isHeld = true;
    await this.letGo.promise;
  }
}

const word = (input: string) =>
  ({ instanceId: instanceId("i"), message: { kind: "event", ts: Date.now(), name: "Word", input: `"${input}"` as never } }) as const;

type Play = (stand: Stand, trouble: Trouble) => Promise<void>;

/** Plays, and looks how often the worker was refused a commit: had it delivered anything a second time, once more than it was told to be. */
async function withTrouble(idleReleaseMs: number, refusals: number, play: Play): Promise<void> {
  const trouble = new Trouble();
  await using stand = await openStand({ store: "memory", functions: [quick, listens], wrap: trouble.around, engine: { idleReleaseMs } });
  await play(stand, trouble).finally(() => trouble.letGo.resolve());
  assert.equal(stand.log.filter(({ event }) => event === "commit.refused").length, refusals);
}

/** "i" hears its first word; the answer of a read that brings it again, with the second one behind it, is held back. */
async function readTwice(stand: Stand, trouble: Trouble): Promise<void> {
  await stand.client.startNew(listens, { instanceId: "i" });
  await stand.untilStatus("i", "Running");
  const commit = Promise.withResolvers<void>();
  trouble.commitsWait = commit.promise;
  await stand.store.deliver(word("one"));
  await stand.until("the first word is heard", () => stand.log.some(({ message }) => message.includes('"Word" received')));
  trouble.hold = "look";
  await stand.store.deliver(word("two"));
  await stand.until("both words are read, the first once more", () => trouble.isHeld);
  commit.resolve();
  await stand.untilCustomStatus("i", 1);
}

test("mail that was read before its instance was read again, and comes later, is not delivered a second time", async () => {
  await withTrouble(60_000, 1, async (stand, trouble) => {
    await readTwice(stand, trouble);
    trouble.refuse = true;
    await stand.client.startNew(quick, { instanceId: "other" });
    await stand.untilCustomStatus("i", 2);
    trouble.letGo.resolve();
    await stand.store.deliver(word("three"));
    await stand.expectEnd("i", "Completed", ["one", "two", "three"]);
  });
});

test("nor is mail that was read before its instance was to leave, and had to stay", async () => {
  await withTrouble(50, 0, async (stand, trouble) => {
    await readTwice(stand, trouble);
    await stand.until("it was to leave", () => trouble.hadToStay);
    trouble.letGo.resolve();
    await stand.untilCustomStatus("i", 2);
    await stand.store.deliver(word("three"));
    await stand.expectEnd("i", "Completed", ["one", "two", "three"]);
  });
});

test("an instance that has ended does not rise again by an answer from before", async () => {
  await withTrouble(60_000, 1, async (stand, trouble) => {
    trouble.hold = "load";
    await stand.store.start({ start: spec("i", { name: "quick", input: null }), onExisting: "error" });
    await stand.until("it is claimed and read", () => trouble.isHeld);
    trouble.refuse = true;
    await (await stand.client.startNew(quick, { instanceId: "other" })).result();
    await stand.expectEnd("i", "Completed", "done");
    trouble.letGo.resolve();
    await (await stand.client.startNew(quick, { instanceId: "last" })).result();
    await (await stand.client.startNew(quick, { instanceId: "very last" })).result();
  });
});

test("an instance whose first read failed, and which the sweep has brought since, is not read a second time", async () => {
  const pollEveryMs = 1_400; // a failed read is repeated after that; the sweep comes after a second
  let reads = 0;
  const around = (store: Store): Store => ({
    ...store,
    load: async (nos) => {
      reads += 1;
      if (reads === 1) throw new StoreRefusalError({ kind: "busy", detail: "this test" });
      return store.load(nos);
    },
  });
  await using stand = await openStand({
    store: "memory",
    functions: [listens],
    wrap: around,
    engine: { pollEveryMs, sweepEveryMs: 100, idleReleaseMs: 60_000 },
  });
  await stand.store.start({ start: spec("i", { name: "listens", input: null }), onExisting: "error" });
  await stand.until("its read has failed", () => reads === 1);
  await stand.untilStatus("i", "Running");
  await sleep(pollEveryMs);
  assert.equal(reads, 2);
  for (const text of ["one", "two", "three"]) await stand.store.deliver(word(text));
  await stand.expectEnd("i", "Completed", ["one", "two", "three"]);
});
