import type { StoreUnavailableError } from "../../errors/store-unavailable.ts";
import { storeUnavailable } from "../../errors/store-unavailable.ts";
import type { InstanceId } from "../../model/ids.ts";
import type { Linked } from "../../model/linked-set.ts";
import type { Message } from "../../model/message.ts";
import type { StartSpec } from "../../model/start.ts";
import type { AuditNote } from "../../store/audit.ts";
import type { ClientStart, DeliverReceipt, StartReceipt } from "../../store/contract.ts";

/**
 * A call of a client of this process that writes. It is answered exactly once: with a receipt when the store has it and never before, or with an
 * error that says whether it may still be done. A call that was answered by an error is not sent any more.
 */
export class ClientOp<Receipt> implements Linked<AnyOp> {
  before: AnyOp | null = null;
  after: AnyOp | null = null;
  readonly promise: Promise<Receipt>;
  /** Monotonic: its caller has an answer by then. */
  readonly dueAt: number;
  #answered = false;
  #isHeld = false;
  #isDirect = false;
  #isOnItsWay = false;
  #wasLost = false;
  #resolve!: (receipt: Receipt) => void;
  #reject!: (error: unknown) => void;
  readonly #onAnswer: (op: ClientOp<Receipt>) => void;

  constructor(dueAt: number, onAnswer: (op: ClientOp<Receipt>) => void) {
    this.dueAt = dueAt;
    this.#onAnswer = onAnswer;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get answered(): boolean {
    return this.#answered;
  }

  /** Not gathered yet: held back at the door. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  hold(): void {
    this.#isHeld = true;
  }

  letIn(): void {
    this.#isHeld = false;
  }

  /** It goes to the store by itself, outside of the batches. */
  get isDirect(): boolean {
    return this.#isDirect;
  }

  /** … and an attempt is on its way. */
  get isOnItsWay(): boolean {
    return this.#isOnItsWay;
  }

  /** The answer of such an attempt was lost. */
  get wasLost(): boolean {
    return this.#wasLost;
  }

  /** By itself, outside of the batches. */
  goes(): void {
    this.#isDirect = true;
    this.#isOnItsWay = true;
  }

  cameBack(): void {
    this.#isOnItsWay = false;
  }

  losesAnswer(): void {
    this.#wasLost = true;
  }

  resolve(receipt: Receipt): void {
    this.#answer();
    this.#resolve(receipt);
  }

  reject(error: unknown): void {
    this.#answer();
    this.#reject(error);
  }

  #answer(): void {
    if (this.#answered) return;
    this.#answered = true;
    this.#onAnswer(this);
  }
}

type OnAnswer<Op> = (op: Op) => void;

export class StartOp extends ClientOp<StartReceipt> {
  readonly start: StartSpec;
  readonly onExisting: ClientStart["onExisting"];
  /** The id is ours: its first episode may run before the row is durable. */
  readonly minted: boolean;
  /**
   * An earlier call with the same execution id had no answer: the store is asked by itself, where a start that finds its own execution is not a second
   * one.
   */
  readonly isRepeat: boolean;
  /** Only of starts that go to the store by themselves. */
  readonly note: AuditNote | undefined;
  readonly #onFailure: StartParams["onFailure"];

  constructor(params: StartParams, dueAt: number, onAnswer: OnAnswer<StartOp>) {
    super(dueAt, onAnswer as OnAnswer<ClientOp<StartReceipt>>);
    this.start = params.start;
    this.onExisting = params.onExisting;
    this.minted = params.minted;
    this.isRepeat = params.isRepeat;
    this.note = params.note;
    this.#onFailure = params.onFailure;
  }

  override reject(error: unknown): void {
    if (!this.answered) this.#onFailure?.(this.start, error);
    super.reject(error);
  }

  unavailable(detail: string, accepted: "no" | "unknown"): StoreUnavailableError {
    return storeUnavailable(detail, { accepted, instanceId: this.start.instanceId, call: "start" });
  }
}

export interface StartParams {
  readonly start: StartSpec;
  readonly onExisting: ClientStart["onExisting"];
  readonly minted: boolean;
  readonly isRepeat: boolean;
  readonly note?: AuditNote;
  /** Told before the caller is: a promise of its own for that costs every start. */
  readonly onFailure?: (start: StartSpec, error: unknown) => void;
}

export class DeliverOp extends ClientOp<DeliverReceipt> {
  readonly instanceId: InstanceId;
  readonly message: Message;

  constructor(instanceId: InstanceId, message: Message, dueAt: number, onAnswer: OnAnswer<DeliverOp>) {
    super(dueAt, onAnswer as OnAnswer<ClientOp<DeliverReceipt>>);
    this.instanceId = instanceId;
    this.message = message;
  }

  unavailable(detail: string, accepted: "no" | "unknown"): StoreUnavailableError {
    return storeUnavailable(detail, { accepted, instanceId: this.instanceId, call: "message" });
  }
}

export type AnyOp = StartOp | DeliverOp;

export const DELIVERED: DeliverReceipt = { outcome: "delivered", status: null };
