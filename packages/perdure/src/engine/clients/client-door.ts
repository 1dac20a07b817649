import { Fifo } from "../../model/fifo.ts";
import type { InstanceId } from "../../model/ids.ts";
import { LinkedSet } from "../../model/linked-set.ts";
import type { Message } from "../../model/message.ts";
import type { DeliverReceipt, StartReceipt } from "../../store/contract.ts";
import type { AnyOp, StartParams } from "../calls/client-op.ts";
import { DeliverOp, StartOp } from "../calls/client-op.ts";
import type { Batch } from "../commits/batch.ts";
import type { BatchRoom } from "../commits/batch-room.ts";
import type { Committer } from "../commits/committer.ts";
import type { BehindTheInboxPort } from "../mail/behind-the-inbox.ts";
import { BehindTheInbox } from "../mail/behind-the-inbox.ts";
import type { DirectCalls } from "../mail/direct-calls.ts";
import type { MessageRouter } from "../mail/message-router.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Phase } from "../phase.ts";
import type { StartCalls } from "./start-calls.ts";
import type { Withdrawals } from "./withdrawals.ts";

export interface ClientDoorPort extends BehindTheInboxPort {
  readonly parts: Pick<WorkerParts, "scheduler" | "clock">;
  readonly settings: Pick<WorkerSettings, "acceptMs">;
  readonly phase: Phase;
  readonly committer: Pick<Committer, "isTroubled">;
  readonly batchRoom: Pick<BatchRoom, "isFullOfRows">;
  readonly router: Pick<MessageRouter, "fromClient">;
  readonly startCalls: Pick<StartCalls, "enter">;
  readonly directCalls: Pick<DirectCalls, "send">;
  readonly withdrawals: Pick<Withdrawals, "take">;
  /** Why nothing is written, in words. */
  readonly whyUnwritten: string;
}

/**
 * Where the calls of this process's clients that write come in. While the store takes commits they ride in the worker's batches, and wait here for
 * the next one if the gathering batch is full: thousands of starts at once, or large ones, are several commits. While it takes none,
 * they are held back here, so that nothing is built on them; when a call is due without an answer it is withdrawn, and is never done, or was
 * under way, and the outcome is unknown (decision 0021).
 */
export class ClientDoor {
  readonly #port: ClientDoorPort;
  /** Without an answer, in the order in which they are due. */
  readonly #open = new LinkedSet<AnyOp>();
  readonly #held = new Fifo<AnyOp>();
  readonly #behindTheInbox: BehindTheInbox;
  #cancelTimer: (() => void) | null = null;
  #closed = false;

  constructor(port: ClientDoorPort) {
    this.#port = port;
    this.#behindTheInbox = new BehindTheInbox(port);
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
    return this.#port.parts.clock.monotonicMs() + this.#port.settings.acceptMs;
  }

  readonly #onAnswer = (op: AnyOp): void => {
    this.#open.delete(op);
  };

  #enter(op: AnyOp): void {
    this.#open.add(op);
    if (this.#cancelTimer === null && !this.#closed) this.#wake(this.#port.settings.acceptMs);
    this.#letInInTurn(op);
  }

  /** Behind those that are held back already. */
  readonly #letInInTurn = (op: AnyOp): void => {
    this.release();
    if (this.#held.length === 0 && !this.#behindTheInbox.hasReady && this.#mayLetIn) this.#letIn(op);
    else {
      op.hold();
      this.#held.push(op);
    }
  };

  /** The store has taken a batch, mail was read, or another worker must take the calls. */
  release(): void {
    while (this.#behindTheInbox.hasReady && this.#mayLetIn) {
      const op = this.#behindTheInbox.takeReady();
      if (op !== undefined && !op.answered) this.#deliver(op);
    }
    while (this.#held.length > 0 && this.#mayLetIn) {
      const op = this.#held.shift();
      if (op !== undefined && !op.answered) this.#letIn(op);
    }
  }

  /** A full batch has been asked for, or the one before it is in flight: {@link release} follows. */
  get #mayLetIn(): boolean {
    const { phase, committer, batchRoom } = this.#port;
    return phase !== "running" || !(committer.isTroubled || batchRoom.isFullOfRows);
  }

  /** No caller waits for these rows any more, or will get an answer in time: before they are sent again they are taken out. */
  atRest(batch: Batch, nextAnswerAt: number): void {
    this.#giveUp(batch.openOps().filter((op) => op.answered || op.dueAt <= nextAnswerAt));
  }

  /** The worker has stopped: callers that still wait are told. */
  close(): void {
    this.#closed = true;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#giveUp([...this.#open]);
  }

  #letIn(op: AnyOp): void {
    op.letIn();
    const { phase, startCalls, directCalls } = this.#port;
    if (op instanceof StartOp) {
      if (phase === "running") startCalls.enter(op, this.#letInInTurn);
      else directCalls.send(op);
    } else if (phase !== "running" || !this.#behindTheInbox.keeps(op)) this.#deliver(op);
  }

  #deliver(op: DeliverOp): void {
    op.letIn();
    const { phase, router, directCalls } = this.#port;
    if (phase === "running") router.fromClient(op);
    else directCalls.send(op);
  }

  /** One timer for all: the call that came first is due first. */
  #wake(ms: number): void {
    this.#cancelTimer = this.#port.parts.scheduler.after(ms, () => {
      this.#cancelTimer = null;
      const now = this.#port.parts.clock.monotonicMs();
      const due: AnyOp[] = [];
      for (const op of this.#open) {
        if (op.dueAt > now) {
          this.#wake(op.dueAt - now);
          break;
        }
        due.push(op);
      }
      this.#giveUp(due);
    });
  }

  #giveUp(ops: readonly AnyOp[]): void {
    if (ops.length === 0) return;
    const withdrawn = this.#takeBack(ops);
    const why = this.#port.whyUnwritten;
    for (const op of ops) if (!op.answered) op.reject(op.unavailable(why, withdrawn.has(op) ? "no" : "unknown"));
  }

  /** Returns the calls that were withdrawn: they will never be carried out. */
  #takeBack(ops: readonly AnyOp[]): ReadonlySet<AnyOp> {
    const withdrawn = new Set<AnyOp>();
    const inside: AnyOp[] = [];
    for (const op of ops) {
      if (op.isHeld)
        withdrawn.add(op); // the code that lets it in checks whether it was answered
      else if (!op.isDirect) inside.push(op);
      else if (!op.isOnItsWay && !op.wasLost) withdrawn.add(op);
    }
    for (const op of this.#port.withdrawals.take(inside)) withdrawn.add(op);
    return withdrawn;
  }
}
