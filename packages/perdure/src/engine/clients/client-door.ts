import type { InstanceId } from "../../model/ids.ts";
import { LinkedSet } from "../../model/linked-set.ts";
import type { Message } from "../../model/message.ts";
import type { DeliverReceipt, StartReceipt } from "../../store/contract.ts";
import type { Batch } from "../commits/batch.ts";
import type { Engine } from "../engine.ts";
import type { AnyOp, StartParams } from "./client-op.ts";
import { DeliverOp, StartOp } from "./client-op.ts";
import { sendDirect } from "./direct-call.ts";
import { withdraw } from "./withdraw.ts";

export interface DoorHost {
  /** There are instance numbers for a burst of starts. */
  hasNumbers(): boolean;
  refillNumbers(): Promise<void>;
  /** A batch that the store has not written and that is to be sent again, while that pause lasts. */
  resting(): Batch | null;
  /** Why nothing is written, in words. */
  trouble(): string;
}

/**
 * Where the calls of this process's clients that write come in. While the store takes commits they ride in the worker's batches. While it does not
 * they are held back here, so that nothing is built on them; when a call is due without an answer it is withdrawn, and is never done, or was
 * under way, and the outcome is unknown (decision 0021).
 */
export class ClientDoor {
  readonly #engine: Engine;
  readonly #host: DoorHost;
  /** Without an answer, in the order in which they are due. */
  readonly #open = new LinkedSet<AnyOp>();
  #held: AnyOp[] = [];
  #cancelTimer: (() => void) | null = null;
  #closed = false;

  constructor(engine: Engine, host: DoorHost) {
    this.#engine = engine;
    this.#host = host;
  }

  start(params: StartParams): Promise<StartReceipt> {
    const op = new StartOp(params, this.#dueAt, this.#onAnswer);
    this.#enter(op);
    return op.promise;
  }

  deliver(instanceId: InstanceId, message: Message): Promise<DeliverReceipt> {
    const op = new DeliverOp(instanceId, message, this.#dueAt, this.#onAnswer);
    this.#enter(op);
    return op.promise;
  }

  /** When a call that comes now is due. */
  get #dueAt(): number {
    return this.#engine.parts.clock.monotonicMs() + this.#engine.settings.acceptMs;
  }

  readonly #onAnswer = (op: AnyOp): void => {
    this.#open.delete(op);
  };

  #enter(op: AnyOp): void {
    this.#open.add(op);
    if (this.#cancelTimer === null && !this.#closed) this.#wake(this.#engine.settings.acceptMs);
    if (this.#engine.phase !== "running" || (this.#held.length === 0 && !this.#engine.committer.isTroubled)) this.#pass(op);
    else {
      op.isHeld = true;
      this.#held.push(op);
    }
  }

  /** The store takes commits again, or another worker must take the calls. */
  release(): void {
    if (this.#held.length === 0) return;
    const held = this.#held;
    this.#held = [];
    for (const op of held) if (!op.answered) this.#pass(op);
  }

  /** No caller waits for these rows any more, or will get an answer in time: before they are sent again they are taken out. */
  atRest(batch: Batch, nextAnswerAt: number): void {
    this.#settle(batch.openOps().filter((op) => op.answered || op.dueAt <= nextAnswerAt));
  }

  /** The worker has stopped: callers that still wait are told. */
  close(): void {
    this.#closed = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#settle([...this.#open]);
  }

  direct(op: AnyOp): void {
    const { store, scheduler, clock } = this.#engine.parts;
    sendDirect(op, { store, scheduler, clock, isDead: () => this.#engine.phase === "dead", onDone: (done) => this.#onDirect(done) });
  }

  #onDirect(op: AnyOp): void {
    if (!(op instanceof StartOp)) {
      // It lies in the inbox: what its sender sends next must not overtake it on the way through memory.
      const target = this.#engine.table.byId(op.instanceId);
      if (target !== undefined) this.#engine.mailOrder.unread(target);
    }
    if (this.#engine.phase === "running") this.#engine.lookAround(); // a store gives no hint of this process's own client calls
  }

  #pass(op: AnyOp): void {
    op.isHeld = false;
    if (this.#engine.phase !== "running") this.direct(op);
    else if (!(op instanceof StartOp)) this.#engine.router.fromClient(op);
    else if (op.onExisting === "replace" || op.isRepeat) this.direct(op);
    else if (this.#host.hasNumbers()) this.#gather(op);
    else {
      op.isHeld = true;
      const go = () => {
        if (op.answered) return;
        op.isHeld = false;
        if (this.#engine.phase === "running" && this.#host.hasNumbers()) this.#gather(op);
        else this.direct(op);
      };
      this.#host.refillNumbers().then(go, go);
    }
  }

  #gather(op: StartOp): void {
    const engine = this.#engine;
    const batch = engine.committer.gathering;
    // What exists is not replaced from a batch: it may be on its way for longer than its caller waits ({@link ClientStart.replaces}).
    engine.births.add(batch, op.start, { ifExists: null, onExisting: "fail", minted: op.minted, at: engine.storeClock.now(), op });
    engine.committer.requestSeal();
  }

  /** One timer for all: the call that came first is due first. */
  #wake(ms: number): void {
    this.#cancelTimer = this.#engine.parts.scheduler.after(ms, () => {
      this.#cancelTimer = null;
      const now = this.#engine.parts.clock.monotonicMs();
      const due: AnyOp[] = [];
      for (const op of this.#open) {
        if (op.dueAt > now) {
          this.#wake(op.dueAt - now);
          break;
        }
        due.push(op);
      }
      this.#settle(due);
    });
  }

  #settle(ops: readonly AnyOp[]): void {
    if (ops.length === 0) return;
    const withdrawn = this.#takeBack(ops);
    const trouble = this.#host.trouble();
    for (const op of ops) if (!op.answered) op.reject(op.unavailable(trouble, withdrawn.has(op) ? "no" : "unknown"));
  }

  /** Those that will never be done. */
  #takeBack(ops: readonly AnyOp[]): ReadonlySet<AnyOp> {
    const withdrawn = new Set<AnyOp>();
    const inside: AnyOp[] = [];
    for (const op of ops) {
      if (op.isHeld)
        withdrawn.add(op); // the code that lets it in checks whether it was answered
      else if (!op.isDirect) inside.push(op);
      else if (!op.isOnItsWay && !op.wasLost) withdrawn.add(op);
    }
    const resting = this.#host.resting();
    const { gathering } = this.#engine.committer;
    const batches = resting === null ? [gathering] : [resting, gathering];
    for (const op of withdraw(this.#engine, inside, batches)) withdrawn.add(op);
    return withdrawn;
  }
}
