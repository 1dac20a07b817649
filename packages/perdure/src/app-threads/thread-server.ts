import type { HubClient } from "../client/types.ts";
import type { TaskKey } from "../model/executor.ts";
import type { Payload } from "../model/payload.ts";
import { currentOrchestration } from "../process/code-scope.ts";
import type { LogEntry } from "../telemetry/engine-log.ts";
import { errorText } from "../telemetry/value-text.ts";
import { Beats } from "./beats.ts";
import { BodyReceiver } from "./body-receiver.ts";
import { BodySender } from "./body-sender.ts";
import type { OwnCalls } from "./call-memory.ts";
import type { CallPlace } from "./call-place.ts";
import { callPlace } from "./call-place.ts";
import { ClientProxy } from "./client-proxy.ts";
import type { Frame } from "./frames.ts";
import { unpack } from "./frames.ts";
import type { Guest, GuestHost, GuestModule, GuestSetup } from "./guest.ts";
import { Intake } from "./intake.ts";
import { plainEntry } from "./log-entries.ts";
import { LOOK_EVERY_MS } from "./looks.ts";
import type { Answer, FromThread, ToThread, WireWork, Work } from "./messages.ts";
import { Outbox } from "./outbox.ts";
import { errorToWire } from "./wire-error.ts";

/** Taken before the app can patch it. */
const { setInterval } = globalThis;

export interface ThreadParts {
  readonly setup: GuestSetup;
  readonly calls: OwnCalls;
  readonly post: (frame: Frame) => void;
}

/** The side of a thread that runs the app: loads its guest, hands it what comes, and says at the end of the thread whose code has ended it. */
export class ThreadServer implements GuestHost {
  readonly #parts: ThreadParts;
  readonly #outbox: Outbox<FromThread>;
  readonly #beats: Beats;
  readonly #asks: ClientProxy;
  readonly #bodies: BodySender;
  readonly #requests: BodyReceiver<string>;
  readonly #intake: Intake;
  /** By the places of their calls (call-memory.ts). */
  readonly #open: (CallPlace | undefined)[] = [];
  #guest: Guest | null = null;
  publicOrigin: string;

  constructor(parts: ThreadParts) {
    this.#parts = parts;
    const { calls } = parts;
    this.#outbox = new Outbox<FromThread>({
      post: parts.post,
      refused: (message, error) => this.#refused(message, error),
      isExpecting: () => this.#intake.isTaking,
      mayWait: (message, text) =>
        message.kind !== "answer" || (text !== null && calls.answers.note(`${calls.numberOf(message.call)} ${text}`)),
      left: () => calls.answers.clear(),
    });
    const post = (message: FromThread): void => this.#outbox.add(message);
    this.#beats = new Beats({ post, leave: () => this.#outbox.flush() });
    this.#asks = new ClientProxy(post);
    this.#bodies = new BodySender(post);
    this.#requests = new BodyReceiver({ more: (id) => post({ kind: "moreBody", id }), enough: (id) => post({ kind: "enoughBody", id }) });
    this.#intake = new Intake({
      take: (message) => {
        calls.paused();
        this.#take(message);
        calls.turn();
      },
      taken: () => {
        calls.paused();
        this.#outbox.flush();
      },
    });
    this.publicOrigin = parts.setup.publicOrigin;
  }

  async start(): Promise<void> {
    const { setup, calls } = this.#parts;
    process.on("exit", () => this.ending());
    process.on("uncaughtExceptionMonitor", () => this.#accuse());
    this.#watchRejections();
    setInterval(() => calls.turn(), LOOK_EVERY_MS).unref();
    try {
      const { createGuest } = (await import(setup.guest)) as GuestModule;
      this.#guest = createGuest(this);
      this.#outbox.add({ kind: "loaded", info: await this.#guest.load(setup) });
    } catch (error) {
      this.#outbox.add({ kind: "notLoaded", error: errorToWire(error) });
    }
  }

  receive(frame: Frame): void {
    this.#intake.add(unpack<ToThread>(frame));
  }

  // --- GuestHost ---

  get now(): number {
    return this.#asks.now;
  }

  get client(): HubClient {
    return this.#asks.client;
  }

  log(entry: LogEntry): void {
    this.#outbox.add({ kind: "log", of: "engine", entry: plainEntry(entry) });
  }

  functionLog(entry: LogEntry): void {
    this.#outbox.add({ kind: "log", of: "function", entry: plainEntry(entry) });
  }

  heartbeat(task: TaskKey, progress: Payload | null): void {
    this.#beats.say(task, progress);
  }

  // --- what comes ---

  #take(message: ToThread): void {
    const guest = this.#guest;
    if (guest === null) return;
    switch (message.kind) {
      case "run":
        this.#run(guest, message.call, this.#arrived(message.work));
        break;
      case "abortEpisode":
        guest.abortEpisode(message.episode, message.reason);
        break;
      case "abortActivity":
        guest.abortActivity(message.task, message.reason);
        break;
      case "abortInvocation":
        guest.abortInvocation(message.id);
        break;
      case "forget":
        guest.forget(message.no);
        break;
      case "origin":
        this.publicOrigin = message.url;
        return;
      case "more":
        this.#bodies.more(message.call);
        break;
      case "enough":
        this.#bodies.enough(message.call);
        break;
      case "bodyPart":
        this.#requests.receive(message.id, message.part);
        break;
      case "told":
      case "query":
        this.#asks.receive(message);
        break;
      case "close":
        void guest.close().finally(() => this.#outbox.add({ kind: "closed" }));
    }
  }

  #arrived(work: WireWork): Work {
    if (work.kind !== "invocation") return work;
    const { request } = work;
    if (request.kind !== "http") return { kind: "invocation", request };
    const body = request.body === "parts" ? this.#requests.openLater(request.id) : request.body;
    return { kind: "invocation", request: { ...request, body } };
  }

  #run(guest: Guest, call: number, work: Work): void {
    const { calls } = this.#parts;
    if (!calls.come(call)) {
      this.#outbox.add({ kind: "skipped", call });
      return;
    }
    calls.runs(call);
    const place: CallPlace = { call, orchestration: work.kind === "episode" ? work.request.instanceId : null, calls };
    this.#open[call] = place;
    const broken = (error: unknown): void => this.#answered(place, brokenAnswer(work, error));
    try {
      const answer = callPlace.run(place, begun, guest, work);
      if ("then" in answer) answer.then((late) => this.#answered(place, late), broken);
      else this.#answered(place, answer);
    } catch (error) {
      broken(error);
    }
  }

  /** User code gave the hub's client what cannot cross; what a guest answers is data. */
  #refused(message: FromThread, error: unknown): void {
    if (message.kind === "ask") this.#asks.refused(message.ask, error);
    if (message.kind === "answer")
      this.#outbox.add({ ...message, answer: { kind: "lost", atFault: null, reason: `its answer cannot cross: ${errorText(error)}` } });
  }

  #answered(place: CallPlace, answer: Answer): void {
    const { call } = place;
    if (call === null) return;
    this.#beats.flush();
    place.call = null;
    this.#open[call] = undefined;
    if (!place.calls.begin(call)) this.#outbox.add({ kind: "skipped", call });
    else if (answer.kind === "http" && answer.body instanceof ReadableStream) this.#bodies.send(call, answer, answer.body);
    else this.#outbox.add({ kind: "answer", call, answer });
  }

  // --- the end of the thread ---

  /** Only here its context is that of the promise; a listener of ours would take the place of what Node does without one. */
  #watchRejections(): void {
    process.emit = new Proxy(process.emit, {
      apply: (emit, self, args: readonly unknown[]) => {
        if (args[0] === "unhandledRejection") this.#accuse();
        return Reflect.apply(emit, self, args);
      },
    });
  }

  /** What runs now, by its context: inside of `process.exit`, and of what nothing caught. Code of no call, or of one that was answered, accuses no other. */
  #accuse(): void {
    const orchestration = currentOrchestration();
    const place = orchestration === undefined ? callPlace.getStore() : this.#placeOf(orchestration.instanceId);
    if (place !== undefined) this.#parts.calls.accuse(place.call);
  }

  /** Code of an orchestration has a context of its own, which knows it by its id. */
  #placeOf(instanceId: string): Pick<CallPlace, "call"> {
    return this.#open.find((place) => place?.orchestration === instanceId) ?? { call: null };
  }

  /** The code that runs now ends it. */
  ending(): void {
    this.#accuse();
    this.#beats.flush();
    this.#outbox.flush();
  }
}

function begun(guest: Guest, work: Work): Answer | Promise<Answer> {
  switch (work.kind) {
    case "episode":
      return guest.runEpisode(work.request);
    case "activity":
      return guest.runActivity(work.request);
    case "entity":
      return guest.runEntityBatch(work.request);
    case "invocation":
      return guest.invoke(work.request);
  }
}

/** A guest that throws is a defect of it, not of the function. */
const brokenAnswer = ({ kind }: Work, error: unknown): Answer => {
  const reason = `the executor in the thread has failed: ${errorText(error)}`;
  return kind === "invocation" ? { kind: "lost", reason } : { kind: "lost", atFault: null, reason };
};
