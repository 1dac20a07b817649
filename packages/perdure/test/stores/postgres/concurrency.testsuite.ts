import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Client } from "pg";
import type { InstanceNo } from "../../../src/model/ids.ts";
import { executionId } from "../../../src/model/ids.ts";
import { slotId } from "../../../src/model/slot.ts";
import type { FinishedTask, GroupCommit, OutgoingMessage } from "../../../src/store/commit.ts";
import type { Store } from "../../../src/store/contract.ts";
import { refusalOf } from "../../../src/store/errors.ts";
import { openPostgresStore } from "../../../src/stores/postgres/open-postgres.ts";
import type { TestServerName } from "../../../src/testing/postgres/shared-server.ts";
import { birth, ending, event, Hand, id, keysOf, spec, task, toId, toNo } from "../../../src/testing/store-conformance/hub.ts";
import { TestDatabase } from "./fixture.testsuite.ts";

/** Several processes on one hub, as far as the database can tell. `commitDelayMs`: each commit stays open that long, and meets others. */
async function withStores(url: string, count: number, use: (stores: readonly Store[]) => Promise<void>, commitDelayMs = 0): Promise<void> {
  const stores = await Promise.all(Array.from({ length: count }, () => openPostgresStore({ url, commitDelayMs })));
  try {
    await use(stores);
    const [store] = stores;
    assert.equal((await store!.sweep()).repaired, 0, "the sweep has nothing to repair");
  } finally {
    await Promise.all(stores.map((store) => store.close()));
  }
}

const creating = (name: string): OutgoingMessage => ({
  ...toId(name, event("e")),
  orCreate: { start: spec(name), status: "Running" },
});

const shuffled = <Item>(items: readonly Item[]): readonly Item[] =>
  items
    .map((item) => [Math.random(), item] as const)
    .sort((a, b) => a[0] - b[0])
    .map(([, item]) => item);

export function severalWorkersAtOnce(server: TestServerName): void {
  describe(`postgres ${server}: several workers at once`, { timeout: 60_000 }, () => {
    const database = new TestDatabase(server);
    after(() => database.drop());

    test("openers race to make the schema, and all find it made", async () => {
      await withStores(await database.freshUrl(), 6, async (stores) => {
        const joined = await Promise.all(stores.map((store) => Hand.join(store, {})));
        assert.equal(new Set(joined.map(({ worker }) => worker)).size, 6);
      });
    });

    test("tasks of one key that several add and finish at once: as many hold a slot as may, and none is left in line", async () => {
      const [limit, rounds] = [2, 4];
      const use = async (stores: readonly Store[]) => {
        const hands = await Promise.all(stores.map((store) => Hand.join(store, {})));
        const nos = await hands[0]!.own(...hands.map((_, index) => `i${index}`));
        const atOnce = <Result>(make: (hand: Hand, no: InstanceNo) => Promise<Result>) =>
          Promise.all(hands.map((hand, index) => make(hand, nos[index]!)));
        const held = async (round: number) =>
          (await stores[0]!.readSlotHolders({ slotId: slotId("pack", `key ${round}`), atMost: 0 })).count;
        for (let round = 0; round < rounds; round += 1) {
          const tasks = (no: InstanceNo) =>
            [2 * round, 2 * round + 1].map((one) => task(no, one, { slot: { key: `key ${round}`, limit } }));
          await atOnce((hand, no) => hand.commit({ newTasks: tasks(no) }));
          assert.equal(await held(round), limit);
        }
        for (let left = 2 * rounds * hands.length; left > 0; ) {
          const claims = await atOnce((hand) => hand.claimTasks(1));
          const finished = claims.map((claimed) => claimed.map((one): FinishedTask => ({ ...one, attempts: 1, message: null })));
          await atOnce((hand, no) => hand.commit({ finishedTasks: finished[nos.indexOf(no)] ?? [] }));
          left -= finished.flat().length;
          for (let round = 0; round < rounds; round += 1) assert.ok((await held(round)) <= limit);
        }
        assert.deepEqual((await stores[0]!.dump()).tasks, []);
      };
      await withStores(await database.freshUrl(), 4, use, 5);
    });

    test("a call whose instance is terminated while another worker gives it a slot keeps neither its row nor the slot", async () => {
      const url = await database.freshUrl();
      const other = new Client({ connectionString: url.split("?")[0] });
      await other.connect();
      await withStores(url, 1, async ([store]) => {
        const hand = await Hand.join(store!, {});
        const [holder, terminated] = await hand.own("holder", "terminated");
        const one = { slot: { key: "acme", limit: 1 } };
        await hand.commit({ newTasks: [task(holder!, 1, one)] });
        await hand.commit({ newTasks: [task(terminated!, 1, one)] });
        await other.query(`SET search_path TO "${new URL(url).searchParams.get("schema")}"`);
        await other.query("BEGIN");
        await other.query(`DELETE FROM tasks WHERE no = ${holder}`);
        await other.query("SELECT give_slots($1, 1)", [[slotId("pack", "acme")]]);
        const cancelled = hand.commit({ cancelTasks: [{ no: terminated!, generation: 0, eventId: null }] });
        while ((await other.query("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")).rowCount === 0) await turn();
        await other.query("COMMIT");
        await cancelled;
        assert.deepEqual((await store!.dump()).tasks, []);
      });
      await other.end();
    });

    test("batches that wake, message, create and release the same instances in any order never deadlock", async () => {
      await withStores(await database.freshUrl(), 4, async (stores) => {
        const hands = await Promise.all(stores.map((store) => Hand.join(store, {})));
        const ids = Array.from({ length: 20 }, (_, index) => `i${index}`);
        const nos = await hands[0]!.own(...ids);
        await hands[0]!.commit({ releases: nos.map((no) => ({ no, version: 0, nextWake: null, asReady: false })) });
        const busy: string[] = [];
        const send = async (hand: Hand, batch: GroupCommit) => {
          try {
            return await hand.store.commit(batch);
          } catch (error) {
            const refusal = refusalOf(error);
            if (refusal.kind === "busy") busy.push(refusal.detail);
            throw error;
          }
        };
        let round = 0;
        const work = async (hand: Hand) => {
          for (let turn = 0; turn < 12; turn += 1) {
            const messages = shuffled(ids).map((name, at) =>
              at % 2 === 0 ? toId(name, event("e")) : toNo(nos[ids.indexOf(name)]!, event("e")),
            );
            const born = await hand.numbers(3);
            round += 1;
            const names = shuffled([`new ${round % 7}`, `new ${round % 5}`, `new ${round % 3}`]);
            const creates = born.map((no, at) => birth(no, names[at]!, { owned: false }));
            const targets = shuffled([
              `new ${(round + 1) % 7}`,
              `new ${(round + 2) % 5}`,
              `@counter@${round % 6}`,
              `@counter@${round % 4}`,
            ]);
            const { claimed } = await send(
              hand,
              hand.batch({
                messages: [...messages, ...targets.map(creating)],
                creates,
                claim: { limit: 5, keys: keysOf({ orchestrator: ["shipOrder"] }).instances, suspects: [] },
              }),
            );
            const releases = claimed.map(({ no, version }) => ({ no, version, nextWake: null, asReady: turn % 2 === 0 }));
            await send(hand, hand.batch({ releases, messages: messages.slice(0, 5) }));
          }
        };
        await Promise.all(hands.map(work));
        assert.deepEqual(busy, []);
      });
    });

    test("a message that may create its target finds one, also where that was just deleted", async () => {
      await withStores(await database.freshUrl(), 4, async (stores) => {
        const [hand, ...senders] = await Promise.all(stores.map((store) => Hand.join(store, {})));
        const names = ["a", "b", "c"];
        let sending = true;
        const deleting = async () => {
          while (sending) {
            const claimed = await hand!.claim();
            await hand!.commit({ updates: claimed.map(({ no, version }) => ending(no, version)) });
            for (const name of names) await hand!.store.purge({ instanceId: id(name) });
          }
        };
        const outcomes = new Set<string>();
        const send = async (sender: Hand, turn: number) => {
          const name = names[turn % names.length]!;
          const { orCreate } = creating(name);
          const outcome = async () =>
            (await sender.store.deliver({ instanceId: id(name), message: event("e"), orCreate: orCreate! })).outcome;
          const why = async () => (await sender.commit({ messages: [creating(name)] })).undelivered[0]?.why ?? "delivered";
          for (const one of [outcome, why]) {
            await one().then(
              (told) => outcomes.add(told),
              (error: unknown) => assert.equal(refusalOf(error).kind, "busy"),
            );
          }
        };
        const deletion = deleting();
        await Promise.all(
          senders.map(async (sender) => {
            for (let turn = 0; turn < 40; turn += 1) await send(sender, turn);
          }),
        );
        sending = false;
        await deletion;
        assert.deepEqual([...outcomes].filter((one) => one !== "done").sort(), ["delivered"]);
      });
    });

    test("no instance sleeps under a sender: a message during a release wakes the instance or is seen by the release", async () => {
      await withStores(await database.freshUrl(), 3, async (stores) => {
        const [owner, ...senders] = await Promise.all(stores.map((store) => Hand.join(store, {})));
        const names = Array.from({ length: 10 }, (_, index) => `i${index}`);
        const nos = await owner!.own(...names);
        const versions = new Map<InstanceNo, number>(nos.map((no) => [no, 0]));
        let sending = true;
        let sent = 0;
        const deliver = async (store: Store) => {
          for (; sent < 200; ) {
            sent += 1;
            await store.deliver({ instanceId: id(names[sent % names.length]!), message: event(`m${sent}`) });
          }
        };
        const consumed = new Set<number>();
        const own = async () => {
          for (let idle = 0; sending || idle < 3; ) {
            const mail = await owner!.mail();
            for (const { seq } of mail) consumed.add(seq);
            const releases = [...versions].map(([no, version]) => ({ no, version, nextWake: null, asReady: false }));
            const claim = { limit: 100, keys: keysOf({ orchestrator: ["shipOrder"] }).instances, suspects: [] };
            const receipt = await owner!.commit({ consumed: mail.map(({ no, seq }) => ({ no, seq })), releases, claim });
            for (const no of receipt.released) versions.delete(no);
            for (const { no, version } of receipt.claimed) versions.set(no, version);
            if (!sending) idle = mail.length + receipt.claimed.length === 0 ? idle + 1 : 0;
          }
        };
        const owning = own();
        await Promise.all(senders.map((hand) => deliver(hand.store)));
        sending = false;
        await owning;
        assert.equal(consumed.size, 200);
        assert.deepEqual((await owner!.store.dump()).inbox, []);
      });
    });

    test("claims of several workers share what is ready, each instance once", async () => {
      await withStores(await database.freshUrl(), 3, async (stores) => {
        const hands = await Promise.all(stores.map((store) => Hand.join(store, {})));
        const born = await hands[0]!.numbers(300);
        await hands[0]!.commit({ creates: born.map((no) => birth(no, `i${no}`, { owned: false, wakeAt: 0 })) });
        const claims = await Promise.all(
          hands.map(async (hand) => {
            const all: InstanceNo[] = [];
            for (let got = await hand.claim(20); got.length > 0; got = await hand.claim(20)) all.push(...got.map(({ no }) => no));
            return all;
          }),
        );
        assert.deepEqual(
          claims.flat().sort((a, b) => a - b),
          born,
        );
      });
    });

    test("one of many clients that start the same id has started it; each of many replacements is whole", async () => {
      await withStores(await database.freshUrl(), 4, async (stores) => {
        const starts = stores.flatMap((store, index) =>
          [0, 1, 2].map((n) => store.start({ start: spec("i", { executionId: executionId(`${index}.${n}`) }), onExisting: "error" })),
        );
        const outcomes = (await Promise.all(starts)).map(({ outcome }) => outcome);
        assert.equal(outcomes.filter((outcome) => outcome === "started").length, 1);
        assert.equal((await stores[0]!.dump()).instances.length, 1);
      });
    });
  });
}
