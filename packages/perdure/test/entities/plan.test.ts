import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isDelayed } from "../../src/core/entity-item.ts";
import type { EntityOp } from "../../src/model/entity-message.ts";
import { functionKey } from "../../src/model/function-name.ts";
import type { InstanceId } from "../../src/model/ids.ts";
import { entityId } from "../../src/model/ids.ts";
import { payload } from "../../src/model/payload.ts";
import { Random } from "../../src/testing/random.ts";
import type { Ran } from "./testing/network.ts";
import { Network } from "./testing/network.ts";
import { SectionUser } from "./testing/section-user.ts";

const ENTITIES = ["a", "b", "c", "d"].map((key) => entityId(functionKey("account"), key));
const USERS = 5;
const STEPS = 500;

/** Users and entities under a random order of all that can happen, and what a plain model says of it. */
class Run {
  readonly sent = new Map<string, { readonly to: InstanceId; readonly op: EntityOp }>();
  readonly ran: Ran[] = [];
  readonly #random: Random;
  readonly #network: Network;
  readonly #users: readonly SectionUser[];
  #byEntities = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#network = new Network(
      this.#random,
      ENTITIES,
      { ran: (ran) => this.#check(ran), actions: (ran) => this.#code(ran) },
      (no, message) => this.#users.find((user) => user.no === no)?.receive(message),
    );
    this.#users = Array.from({ length: USERS }, (_, at) => {
      return new SectionUser(at + 1, this.#random, (from, to, message) => {
        if (message.kind === "entityOp") this.sent.set(String(message.input), { to, op: message });
        this.#network.send(from, to, message);
      });
    });
  }

  play(): void {
    for (let step = 0; step < STEPS; step += 1) {
      if (this.#random.chance(0.35)) this.#network.now += this.#random.int(15);
      const user = this.#random.pick(this.#users);
      if (this.#random.chance(0.3)) user.act(ENTITIES, this.#network.now, false);
      else if (this.#random.chance(0.01)) user.die(this.#network.now);
      else this.#network.step();
      this.#checkHolders();
    }
    this.#settle();
  }

  /** Whatever is under way comes to its end: nothing waits for ever. */
  #settle(): void {
    for (let rounds = 0; rounds < 20_000; rounds += 1) {
      if (this.#network.step()) continue;
      for (const user of this.#users) user.act(ENTITIES, this.#network.now, true);
      if (this.#network.step()) continue;
      const wake = this.#network.nextWake();
      if (wake === null) return;
      this.#network.now = Math.max(wake, this.#network.now);
    }
    assert.fail("it never comes to rest");
  }

  #checkHolders(): void {
    for (const entity of ENTITIES) {
      const holders = this.#users.filter(({ section }) => section?.granted === true && section.entities.includes(entity));
      assert.ok(holders.length <= 1, `${entity} has ${holders.length} holders`);
    }
  }

  #check(ran: Ran): void {
    const { entity, op, now } = ran;
    assert.ok(op.due === null || now >= op.due, "a signal runs before it is due");
    const holder = this.#users.find(({ section }) => section?.granted === true && section.entities.includes(entity));
    const origin = op.from?.no ?? op.sender;
    if (holder !== undefined) assert.equal(origin, holder.no, `an operation of ${origin} on ${entity}, which ${holder.no} has locked`);
    this.ran.push(ran);
  }

  #code({ op }: Ran) {
    if (this.#random.chance(0.1)) return "throws";
    if (!this.#random.chance(0.1) || this.#byEntities > 50) return [];
    this.#byEntities += 1;
    const input = payload(JSON.stringify(`entity/${this.#byEntities}`));
    const instanceId = this.#random.pick(ENTITIES);
    this.sent.set(input, { to: instanceId, op: { ...op, due: null, input, from: null } });
    return [{ kind: "signalEntity", by: 0, instanceId, operation: "add", input, due: null } as const];
  }

  /** At rest: all of it ran once, in order, all are answered, and no lock and no held message is left. */
  checkRest(): void {
    const names = this.ran.map(({ op }) => String(op.input));
    assert.equal(new Set(names).size, names.length, "an operation ran twice");
    assert.deepEqual([...names].sort(), [...this.sent.keys()].sort());
    for (const { entity, op } of this.ran) assert.equal(entity, this.sent.get(String(op.input))?.to);
    this.#checkOrder();
    for (const { section, open, no } of this.#users) {
      assert.equal(section, null, `${no} waits for a section`);
      assert.equal(open.size, 0, `${no} waits for answers`);
    }
    for (const { instanceId, entity, nextSeq } of this.#network.states) {
      assert.equal(entity.notes.lock, null, `${instanceId} is locked`);
      assert.equal(entity.held.length + nextSeq, 0, instanceId);
    }
  }

  #checkOrder(): void {
    const last = new Map<string, number>();
    for (const { entity, op } of this.ran) {
      const [from = "", id = ""] = String(JSON.parse(String(op.input))).split("/");
      if (isDelayed(op) || from === "entity") continue;
      const channel = `${from}>${entity}`;
      assert.ok(Number(id) > (last.get(channel) ?? 0), `${channel}: ${id} after ${last.get(channel)}`);
      last.set(channel, Number(id));
    }
  }
}

test("entities under random messages, cuts, due times, reloads and sections: one holder each, nothing lost, in order per sender", () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const run = new Run(seed);
      run.play();
      run.checkRest();
    }),
    { numRuns: 100 },
  );
});
