import type { ChildStart } from "../../core/apply-episode.ts";
import { newState } from "../../core/state.ts";
import type { StartSpec } from "../../model/start.ts";
import type { CommitReceipt, ConditionalMessage, NewInstance } from "../../store/commit.ts";
import type { StartOp } from "../calls/client-op.ts";
import type { Batch } from "../commits/batch.ts";
import type { Effects } from "../commits/sealed-batch.ts";
import { ActiveInstance } from "../instances/instance.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { DirectCalls } from "../mail/direct-calls.ts";
import type { MailOrder } from "../mail/mail-order.ts";
import type { WorkerParts } from "../options.ts";
import type { Fleet } from "../placement/fleet.ts";
import type { Unoffered } from "../placement/unoffered.ts";
import type { StoreClock } from "../time/store-clock.ts";
import type { NumberPool } from "./number-pool.ts";

export interface BirthsPort {
  readonly numbers: Pick<NumberPool, "take">;
  readonly fleet: Pick<Fleet, "keepsBirth">;
  readonly unoffered: Pick<Unoffered, "leftInstance">;
  readonly storeClock: Pick<StoreClock, "reached">;
  readonly parts: Pick<WorkerParts, "clock">;
  readonly table: Pick<InstanceTable, "add" | "remove">;
  readonly directCalls: Pick<DirectCalls, "send">;
  readonly mailOrder: Pick<MailOrder, "unread">;
  enqueue(instance: ActiveInstance): void;
  lookAround(): void;
}

export interface BirthRules {
  readonly ifExists: ConditionalMessage | null;
  readonly onExisting: NewInstance["onExisting"];
  /** The engine made the id: the first episode may run before the row is durable. */
  readonly minted: boolean;
  readonly at: number;
  /** The client that starts it. */
  readonly op?: StartOp;
}

const NO_VERSIONS: readonly string[] = [];

/** Makes instances: for clients, as sub-orchestrations, and as successors of instances that are replaced. */
export class Births {
  readonly #port: BirthsPort;

  constructor(port: BirthsPort) {
    this.#port = port;
  }

  /** A new instance in this batch: owned and in memory while there is room and no reason to leave it to others, ready for any worker otherwise. */
  add(batch: Batch, start: StartSpec, rules: BirthRules): void {
    const { numbers, fleet, unoffered, storeClock } = this.#port;
    const no = numbers.take();
    if (no === null) throw new Error("no instance number is at hand");
    const scheduled = start.startAt !== null && start.startAt > rules.at;
    const owned = !scheduled && fleet.keepsBirth(start.name, start.version);
    const wakeAt = start.startAt ?? Math.min(rules.at, storeClock.reached);
    const { onExisting, ifExists } = rules;
    const row: NewInstance = { no, start, owned, onExisting, ifExists, wakeAt, createdAt: rules.at };
    if (owned) this.#keep(batch, row, rules);
    else {
      batch.create(row, null, rules.op ?? null);
      unoffered.leftInstance(start.name, start.version);
    }
  }

  /** Of an episode, or of an operation on an entity. */
  addChild(batch: Batch, { start, minted, ifExists: told }: ChildStart, at: number): void {
    const ifExists: ConditionalMessage | null = told === null ? null : { to: { no: told.to }, message: told.message };
    // Its parent may have heard of the end of the last run with this id by way of memory: that run then ends in this very batch.
    const takesOver = !minted && batch.endsId(start.instanceId);
    this.add(batch, start, { ifExists, onExisting: takesOver ? "replaceEnded" : "replaceTerminal", minted, at });
  }

  #keep(batch: Batch, row: NewInstance, { op = null, minted }: { readonly op?: StartOp | null; readonly minted: boolean }): void {
    const { no, createdAt } = row;
    const { instanceId, executionId: execution, name, input, version, tags, parent, startAt } = row.start;
    const born = { no, instanceId, name, version, parent, tags, startAt, generation: 0, executionId: execution, input, customStatus: null };
    const state = newState({ ...born, createdAt });
    const now = this.#port.parts.clock.monotonicMs();
    const gated = !minted;
    const instance = new ActiveInstance({ state, version: 0, crashes: 0, poisonCodeVersions: NO_VERSIONS, createdAt, now, gated });
    batch.create(row, instance, op);
    if (gated) return;
    this.#port.table.add(instance);
    this.#port.enqueue(instance);
  }

  /** Those whose creation waited for it may run now; those whose id is taken go. */
  onDurable(effects: Pick<Effects, "creates" | "births" | "startOps">, { notStarted }: CommitReceipt): void {
    if (effects.creates.length === 0) return;
    const { table, directCalls } = this.#port;
    const refused = notStarted.length === 0 ? null : new Set(notStarted);
    for (const create of effects.creates) {
      const instance = effects.births.get(create.no);
      const op = effects.startOps.get(create.no);
      if (refused?.has(create.no)) {
        if (instance !== undefined) table.remove(instance);
        if (op !== undefined) directCalls.send(op); // the id exists: the store says as what, or lets it be replaced
        continue;
      }
      if (instance?.gated === true) {
        instance.open();
        table.add(instance);
        if (create.onExisting === "replaceEnded") this.#readInherited(instance);
        this.#port.enqueue(instance);
      }
      op?.resolve({ outcome: "started", status: "Pending", executionId: create.start.executionId });
    }
  }

  /** What was sent behind the message that asked for it may lie in its inbox: nothing goes to it another way before that is read. */
  #readInherited(instance: ActiveInstance): void {
    this.#port.mailOrder.unread(instance);
    this.#port.lookAround();
  }
}
