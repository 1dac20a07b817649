import type { AnyOp, StartParams } from "../engine/calls/client-op.ts";
import { DeliverOp, StartOp } from "../engine/calls/client-op.ts";
import { sendDirect } from "../engine/calls/direct-call.ts";
import type { Worker } from "../engine/worker.ts";
import { StoreUnavailableError } from "../errors/store-unavailable.ts";
import type { ExecutionId, InstanceId } from "../model/ids.ts";
import { setLatest } from "../model/latest.ts";
import type { Message } from "../model/message.ts";
import type { StartSpec } from "../model/start.ts";
import type { Clock, Scheduler } from "../process/clock.ts";
import { nodeCrypto } from "../process/node-crypto.ts";
import type { DeliverReceipt, StartReceipt, Store } from "../store/contract.ts";
import { AcceptedReplacements } from "./accepted-replacements.ts";

export interface ClientCallsParts {
  readonly store: Store;
  readonly scheduler: Scheduler;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** Null: the calls go to the store by themselves. */
  readonly worker: () => Worker | null;
  /** Without an answer by then a call is withdrawn, or its outcome is not known. */
  readonly acceptMs: number;
  readonly isClosed?: () => boolean;
}

/** Starts of unknown outcome that are remembered, the latest of them. */
const MOST_UNKNOWN = 10_000;

interface UnknownStart {
  readonly executionId: ExecutionId;
  readonly content: string;
}

/**
 * Of what a start asks for: another one under the same id is not a repeat, and would be answered as if it had been. Without `startAt`, which callers compute again
 * for each try. A digest, because inputs may be large.
 */
const contentOf = ({ name, input, version, tags }: StartSpec): string =>
  nodeCrypto().hash("sha256", JSON.stringify([name, input, version, tags]), "hex");

/**
 * The calls of a client that write: by way of this process's worker where there is one. Each is answered in time. A start whose outcome is not
 * known and that is made again under its id is the same start for the store, even when it has ended meanwhile.
 */
export class ClientCalls {
  readonly #parts: ClientCallsParts;
  readonly #replacements: AcceptedReplacements;
  readonly #unknown = new Map<InstanceId, UnknownStart>();

  constructor(parts: ClientCallsParts) {
    this.#parts = parts;
    this.#replacements = new AcceptedReplacements(parts);
  }

  start(asked: Omit<StartParams, "isRepeat" | "onFailure">): Promise<StartReceipt> {
    const { instanceId } = asked.start;
    const earlier = this.#unknown.get(instanceId);
    const isRepeat = earlier !== undefined && earlier.content === contentOf(asked.start);
    const start: StartSpec = isRepeat ? { ...asked.start, executionId: earlier.executionId } : asked.start;
    const params: StartParams = { ...asked, start, isRepeat, onFailure: this.#onFailure };
    const worker = this.#parts.worker();
    const receipt =
      worker === null || asked.note !== undefined
        ? this.#direct((dueAt, onAnswer) => new StartOp(params, dueAt, onAnswer))
        : worker.startInstance(params);
    if (asked.onExisting === "replace")
      void receipt.then(({ outcome }) => outcome === "replacing" && this.#replacements.watch(start), ignored);
    return isRepeat ? this.#known(receipt, instanceId) : receipt;
  }

  async #known(receipt: Promise<StartReceipt>, instanceId: InstanceId): Promise<StartReceipt> {
    const known = await receipt;
    this.#unknown.delete(instanceId);
    return known;
  }

  readonly #onFailure = (start: StartSpec, error: unknown): void => {
    if (error instanceof StoreUnavailableError && error.accepted === "unknown") this.#remember(start);
  };

  deliver(instanceId: InstanceId, message: Message): Promise<DeliverReceipt> {
    const worker = this.#parts.worker();
    if (worker !== null) return worker.deliver(instanceId, message);
    return this.#direct((dueAt, onAnswer) => new DeliverOp(instanceId, message, dueAt, onAnswer));
  }

  #remember(start: StartSpec): void {
    const { instanceId, executionId } = start;
    setLatest(this.#unknown, instanceId, { executionId, content: contentOf(start) }, MOST_UNKNOWN);
  }

  #direct<Receipt>(make: (dueAt: number, onAnswer: () => void) => AnyOp & { readonly promise: Promise<Receipt> }): Promise<Receipt> {
    const { store, scheduler, clock, acceptMs } = this.#parts;
    let cancel = () => {};
    const op = make(clock.monotonicMs() + acceptMs, () => cancel());
    cancel = scheduler.after(acceptMs, () => {
      if (!op.answered) op.reject(op.unavailable(NO_ANSWER, op.isOnItsWay || op.wasLost ? "unknown" : "no"));
    });
    sendDirect(op, { store, scheduler, clock, isDead: () => false, onDone: () => {} });
    return op.promise;
  }
}

/** The caller has that error. */
const ignored = () => {};

const NO_ANSWER = "no answer has come";
