import type { MessagePort } from "node:worker_threads";
import type { EntityBatchRequest } from "../../model/entity-batch.ts";
import type {
  AbortReason,
  ActivityRequest,
  ActivityResult,
  EntityBatchResult,
  EpisodeKey,
  EpisodeRequest,
  EpisodeResult,
  Executor,
  HeartbeatListener,
  Lost,
  Offer,
  TaskKey,
} from "../../model/executor.ts";
import { byKind } from "../../model/function-kind.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { PortReply, PortRequest } from "./port-messages.ts";

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

export interface PortParts {
  readonly port: MessagePort;
  readonly offer: Offer;
  readonly wantsRecorded: boolean;
  /** Ends the other side. */
  readonly close: () => Promise<unknown>;
}

/** An executor at the other end of a port: every call is a message, every value a structured clone. */
export class PortExecutor implements Executor {
  offer: Offer;
  readonly wantsRecorded: boolean;
  readonly #port: MessagePort;
  readonly #close: () => Promise<unknown>;
  readonly #waiting = new Map<number, Waiting>();
  readonly #offerListeners = new Set<() => void>();
  readonly #heartbeatListeners = new Set<HeartbeatListener>();
  #calls = 0;
  /** What calls are answered with from now on. */
  #over: Lost | null = null;

  constructor({ port, offer, wantsRecorded, close }: PortParts) {
    this.#port = port;
    this.#close = close;
    this.offer = offer;
    this.wantsRecorded = wantsRecorded;
    port.on("message", (reply: PortReply) => this.#receive(reply));
    // An open port keeps a process alive: only calls under way should.
    port.unref();
  }

  /** The other side is gone: what it was working on is lost, and so is what comes. */
  lost(reason: string): void {
    this.#end({ kind: "lost", atFault: null, reason });
    this.#change(byKind((kind) => ({ ...this.offer[kind], ready: false })));
  }

  onOffer(listener: () => void): () => void {
    this.#offerListeners.add(listener);
    return () => this.#offerListeners.delete(listener);
  }

  runEpisode(request: EpisodeRequest): Promise<EpisodeResult> {
    return this.#call((call) => ({ kind: "runEpisode", call, request }));
  }

  runActivity(request: ActivityRequest): Promise<ActivityResult> {
    return this.#call((call) => ({ kind: "runActivity", call, request }));
  }

  runEntityBatch(request: EntityBatchRequest): Promise<EntityBatchResult> {
    return this.#call((call) => ({ kind: "runEntityBatch", call, request }));
  }

  abortEpisode({ no, attempt }: EpisodeKey, reason: AbortReason): void {
    this.#send({ kind: "abortEpisode", episode: { no, attempt }, reason });
  }

  abortActivity(task: TaskKey, reason: AbortReason): void {
    const { no, generation, eventId } = task;
    this.#send({ kind: "abortActivity", task: { no, generation, eventId }, reason });
  }

  forget(no: InstanceNo): void {
    this.#send({ kind: "forget", no });
  }

  onHeartbeat(listener: HeartbeatListener): () => void {
    this.#heartbeatListeners.add(listener);
    return () => this.#heartbeatListeners.delete(listener);
  }

  async close(): Promise<void> {
    if (this.#over !== null) return;
    this.#end({ kind: "lost", atFault: false, reason: "The executor was closed" });
    await this.#close();
    this.#port.close();
  }

  #end(answer: Lost): void {
    this.#over ??= answer;
    for (const waiting of this.#waiting.values()) waiting.resolve(this.#over as never);
    this.#waiting.clear();
  }

  #change(offer: Offer): void {
    this.offer = offer;
    for (const listener of this.#offerListeners) listener();
  }

  #call<Answer extends EpisodeResult | ActivityResult | EntityBatchResult>(request: (call: number) => PortRequest): Promise<Answer> {
    if (this.#over !== null) return Promise.resolve(this.#over as Answer);
    return new Promise<Answer>((resolve, reject) => {
      const call = this.#calls++;
      this.#waiting.set(call, { resolve, reject });
      if (this.#waiting.size === 1) this.#port.ref();
      this.#send(request(call));
    });
  }

  #send(request: PortRequest): void {
    if (this.#over === null) this.#port.postMessage(request);
  }

  #receive(reply: PortReply): void {
    if (reply.kind === "heartbeat") {
      for (const listener of this.#heartbeatListeners) listener(reply.task, reply.progress);
      return;
    }
    if (reply.kind === "offer") {
      this.#change(reply.offer);
      return;
    }
    const waiting = this.#waiting.get(reply.call);
    this.#waiting.delete(reply.call);
    if (this.#waiting.size === 0) this.#port.unref();
    if (reply.kind === "answer") waiting?.resolve(reply.answer as never);
    else waiting?.reject(reply.error);
  }
}
