import type { MessagePort } from "node:worker_threads";
import { MessageChannel } from "node:worker_threads";
import type {
  AbortReason,
  ActivityRequest,
  ActivityResult,
  EpisodeKey,
  EpisodeRequest,
  EpisodeResult,
  Executor,
  HeartbeatListener,
  Offer,
  TaskKey,
} from "../../model/executor.ts";
import type { InstanceNo } from "../../model/ids.ts";
import type { Payload } from "../../model/payload.ts";

/** What goes to the side that runs user code. */
type Request =
  | { readonly kind: "runEpisode"; readonly call: number; readonly request: EpisodeRequest }
  | { readonly kind: "runActivity"; readonly call: number; readonly request: ActivityRequest }
  | { readonly kind: "abortEpisode"; readonly episode: EpisodeKey; readonly reason: AbortReason }
  | { readonly kind: "abortActivity"; readonly task: TaskKey; readonly reason: AbortReason }
  | { readonly kind: "forget"; readonly no: InstanceNo };

/** What comes back. */
type Reply =
  | { readonly kind: "answer"; readonly call: number; readonly answer: EpisodeResult | ActivityResult }
  | { readonly kind: "error"; readonly call: number; readonly error: unknown }
  | { readonly kind: "offer"; readonly offer: Offer }
  | { readonly kind: "heartbeat"; readonly task: TaskKey; readonly progress: Payload | null };

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Puts a MessageChannel before an executor: every value crosses as a structured clone, every call is a message. It stands for executors in
 * other threads and processes, and proves in tests that the port holds nothing that only works within one.
 */
export function createMessageChannelExecutor(inner: Executor): Executor {
  return new MessageChannelExecutor(inner);
}

class MessageChannelExecutor implements Executor {
  offer: Offer;
  readonly wantsRecorded: boolean;
  readonly #port: MessagePort;
  readonly #inner: Executor;
  readonly #waiting = new Map<number, Waiting>();
  readonly #offerListeners = new Set<() => void>();
  readonly #heartbeatListeners = new Set<HeartbeatListener>();
  #calls = 0;
  #closed = false;

  constructor(inner: Executor) {
    const { port1, port2 } = new MessageChannel();
    this.#inner = inner;
    this.offer = structuredClone(inner.offer);
    this.wantsRecorded = inner.wantsRecorded;
    this.#port = port1;
    serve(inner, port2);
    port1.on("message", (reply: Reply) => this.#receive(reply));
    // Open ports keep a process alive: only calls under way should.
    port1.unref();
    port2.unref();
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
    if (this.#closed) return;
    this.#closed = true;
    await this.#inner.close();
    this.#port.close();
    for (const waiting of this.#waiting.values()) waiting.resolve(CLOSED as never);
    this.#waiting.clear();
  }

  #call<Answer extends EpisodeResult | ActivityResult>(request: (call: number) => Request): Promise<Answer> {
    if (this.#closed) return Promise.resolve(CLOSED as Answer);
    return new Promise<Answer>((resolve, reject) => {
      const call = this.#calls++;
      this.#waiting.set(call, { resolve, reject });
      if (this.#waiting.size === 1) this.#port.ref();
      this.#send(request(call));
    });
  }

  #send(request: Request): void {
    if (!this.#closed) this.#port.postMessage(request);
  }

  #receive(reply: Reply): void {
    if (reply.kind === "heartbeat") {
      for (const listener of this.#heartbeatListeners) listener(reply.task, reply.progress);
      return;
    }
    if (reply.kind === "offer") {
      this.offer = reply.offer;
      for (const listener of this.#offerListeners) listener();
      return;
    }
    const waiting = this.#waiting.get(reply.call);
    this.#waiting.delete(reply.call);
    if (this.#waiting.size === 0) this.#port.unref();
    if (reply.kind === "answer") waiting?.resolve(reply.answer as never);
    else waiting?.reject(reply.error);
  }
}

/** Nobody ends up waiting for what a closed executor was working on. */
const CLOSED = { kind: "lost", guilty: false, reason: "The executor was closed" } as const;

/** The side that runs user code. */
function serve(inner: Executor, port: MessagePort): void {
  const reply = (message: Reply): void => port.postMessage(message);
  const answer = (call: number, result: Promise<EpisodeResult | ActivityResult>): void => {
    result.then(
      (value) => reply({ kind: "answer", call, answer: value }),
      (error: unknown) => reply({ kind: "error", call, error }),
    );
  };
  inner.onHeartbeat(({ no, generation, eventId }, progress) => reply({ kind: "heartbeat", task: { no, generation, eventId }, progress }));
  inner.onOffer(() => reply({ kind: "offer", offer: inner.offer }));
  port.on("message", (request: Request) => {
    switch (request.kind) {
      case "runEpisode":
        return answer(request.call, inner.runEpisode(request.request));
      case "runActivity":
        return answer(request.call, inner.runActivity(request.request));
      case "abortEpisode":
        return inner.abortEpisode(request.episode, request.reason);
      case "abortActivity":
        return inner.abortActivity(request.task, request.reason);
      case "forget":
        return inner.forget(request.no);
    }
  });
}
