import assert from "node:assert/strict";
import { applyEntityBatch, foldEntity } from "../../../src/core/entity-commit.ts";
import { planEntity } from "../../../src/core/entity-plan.ts";
import { entityWake } from "../../../src/core/entity-wake.ts";
import { foldAll } from "../../../src/core/fold.ts";
import type { Outgoing } from "../../../src/core/outgoing.ts";
import type { EntityInstance } from "../../../src/core/state.ts";
import { entityOfRow, isEntity, newState } from "../../../src/core/state.ts";
import type { EntityAction, EntityOperationResult } from "../../../src/model/entity-batch.ts";
import type { EntityMessage, EntityOp } from "../../../src/model/entity-message.ts";
import type { HistoryEvent } from "../../../src/model/history.ts";
import type { InstanceId, InstanceNo } from "../../../src/model/ids.ts";
import { executionId, instanceNo } from "../../../src/model/ids.ts";
import type { Message } from "../../../src/model/message.ts";
import type { Payload } from "../../../src/model/payload.ts";
import { payload } from "../../../src/model/payload.ts";
import type { Random } from "../../../src/testing/random.ts";

/** One operation as it ran: what the model checks. */
export interface Ran {
  readonly entity: InstanceId;
  readonly op: EntityOp;
  readonly now: number;
}

interface Host {
  state: EntityInstance;
  readonly id: InstanceId;
  readonly no: InstanceNo;
  /** As rows of a store: what a reloaded entity is made from. */
  history: readonly HistoryEvent[];
  mail: readonly Message[];
}

/** How the code of the entities behaves, and what it is told of each operation. */
export interface Code {
  ran(ran: Ran): void;
  /** Null: the operation succeeds and sends nothing. */
  actions(ran: Ran): readonly EntityAction[] | "throws";
}

/** Entities and those that talk to them. A sender's messages to one receiver keep their order; all else comes in any order. */
export class Network {
  now = 1_000;
  readonly #random: Random;
  readonly #code: Code;
  readonly #receive: (no: InstanceNo, message: Message) => void;
  readonly #hosts = new Map<InstanceId, Host>();
  readonly #channels = new Map<string, { readonly to: Outgoing["to"]; readonly mail: Message[] }>();

  constructor(random: Random, entities: readonly InstanceId[], code: Code, receive: (no: InstanceNo, message: Message) => void) {
    this.#random = random;
    this.#code = code;
    this.#receive = receive;
    for (const [at, id] of entities.entries()) {
      const no = instanceNo(1_000_000 + at);
      this.#hosts.set(id, { id, no, state: loaded(id, no, 0, null, null, []), history: [], mail: [] });
    }
  }

  get states(): readonly EntityInstance[] {
    return [...this.#hosts.values()].map(({ state }) => state);
  }

  send(from: string, to: InstanceId, message: EntityMessage): void {
    this.#post(from, { to: { instanceId: to }, message });
  }

  /** One thing happens somewhere; false: nothing can but time. */
  step(): boolean {
    const full = [...this.#channels.values()].filter(({ mail }) => mail.length > 0);
    const able = [...this.#hosts.values()].filter((host) => host.mail.length > 0 || this.#isAwake(host));
    const choices = full.length + able.length;
    if (choices === 0) return false;
    const chosen = this.#random.int(choices);
    const channel = full[chosen];
    if (channel === undefined) this.#batch(this.#random.pick(able));
    else this.#deliver(channel);
    return true;
  }

  /** When the next entity wakes that holds something; null: none will by itself. (An empty one wakes to leave.) */
  nextWake(): number | null {
    const holding = this.states.filter(({ entity }) => entity.held.length > 0);
    const times = holding.map(entityWake).filter((wake) => wake !== null);
    return times.length === 0 ? null : Math.min(...times.map((wake) => (wake === "now" ? this.now : wake)));
  }

  #isAwake({ state }: Host): boolean {
    const wake = entityWake(state);
    return state.entity.held.length > 0 && wake !== null && (wake === "now" || wake <= this.now);
  }

  #deliver({ to, mail }: { readonly to: Outgoing["to"]; readonly mail: Message[] }): void {
    const message = mail.shift();
    assert.ok(message !== undefined);
    if ("no" in to) {
      this.#receive(to.no, message);
      return;
    }
    const host = this.#hosts.get(to.instanceId);
    assert.ok(host !== undefined, `a message to ${to.instanceId}`);
    host.mail = [...host.mail, message];
  }

  #batch(host: Host): void {
    if (this.#random.chance(0.2)) this.#reload(host);
    const batch = host.mail.slice(0, this.#random.chance(0.7) ? host.mail.length : this.#random.between(1, 3));
    const plan = planEntity(host.state, batch, this.now, this.#random.chance(0.8) ? undefined : this.#random.between(1, 2));
    const ran = this.#execute(host, plan.value, plan.operations);
    const commit = applyEntityBatch(host.state, plan, ran, () => executionId("minted"));
    foldEntity(host.state, commit);
    host.history = commit.fresh ? commit.events : [...host.history, ...commit.events];
    host.mail = host.mail.slice(commit.taken);
    for (const message of commit.messages) this.#post(host.id, message);
    this.#check(host);
  }

  /** Some of the operations, as an executor may; what did not run is not told to the model. */
  #execute(host: Host, before: Payload | null, operations: readonly { readonly op: EntityOp }[]) {
    if (operations.length === 0) return null;
    const count = this.#random.chance(0.7) ? operations.length : this.#random.int(operations.length + 1);
    let state = before;
    const results: EntityOperationResult[] = [];
    const actions: EntityAction[] = [];
    for (const [by, { op }] of operations.slice(0, count).entries()) {
      const ran = { entity: host.id, op, now: this.now };
      this.#code.ran(ran);
      const sent = this.#code.actions(ran);
      if (sent === "throws") {
        results.push({ kind: "failed", failure: { errorType: "Error", message: "as it was told" } });
        continue;
      }
      state = payload(String(Number(state ?? 0) + 1));
      actions.push(...sent.map((action) => ({ ...action, by })));
      results.push({ kind: "completed", result: op.input });
    }
    return { state, results, actions };
  }

  /** Nothing held means no history, and a history is short. */
  #check({ state, history, id }: Host): void {
    const { held, notes } = state.entity;
    assert.equal(history.length, state.nextSeq);
    assert.equal(held.length === 0, history.length === 0, `${id}: ${held.length} held, ${history.length} events`);
    assert.ok(history.length <= 4 * held.length + 256, `${id}: ${held.length} held, ${history.length} events`);
    assert.equal(notes.held, held.length);
  }

  /** The worker dies: the entity is read from its rows. */
  #reload(host: Host): void {
    const { generation, input, customStatus } = host.state;
    const again = loaded(host.id, host.no, generation, input, customStatus, host.history);
    assert.deepEqual(again.entity, host.state.entity);
    host.state = again;
  }

  #post(from: string, { to, message }: Outgoing): void {
    const name = `${from}>${"no" in to ? to.no : to.instanceId}`;
    const channel = this.#channels.get(name) ?? { to, mail: [] };
    this.#channels.set(name, channel);
    channel.mail.push(message);
  }
}

function loaded(
  id: InstanceId,
  no: InstanceNo,
  generation: number,
  input: Payload | null,
  customStatus: Payload | null,
  history: readonly HistoryEvent[],
): EntityInstance {
  const state = newState({
    ...{ no, instanceId: id, name: "account", version: null, parent: null, tags: null, startAt: null, generation },
    ...{ executionId: executionId(id), input, customStatus, createdAt: 0, entity: entityOfRow({ input, customStatus }) },
  });
  foldAll(state, history);
  assert.ok(isEntity(state));
  return state;
}
