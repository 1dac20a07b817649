import { BodyReceiver } from "./body-receiver.ts";
import type { Call } from "./call.ts";
import type { ServedClient } from "./client-server.ts";
import { ClientServer } from "./client-server.ts";
import type { AppInfo, GuestSetup } from "./guest.ts";
import type { Answer, FromThread, ToThread } from "./messages.ts";
import { RequestBodies } from "./request-bodies.ts";
import type { LineEnd, StartLine, ThreadLine } from "./thread-line.ts";
import { errorFromWire } from "./wire-error.ts";

/**
 *   starting ──loaded──► ready ◄──► held        held: no message was taken for a while, with calls in it
 *       └──────────────────┴──────────┴──► ended
 *
 * `retired` beside it: it gets no new work, and ends when its calls have.
 */
export type ThreadLife = "starting" | "ready" | "held" | "ended";

export interface ThreadEvents {
  loaded(thread: AppThread, info: AppInfo): void;
  notLoaded(thread: AppThread, error: Error): void;
  answered(thread: AppThread, call: Call, answer: Answer): void;
  /** Its last call has ended, and the body of the last answer. */
  emptied(thread: AppThread): void;
  /** It was taken back, and never begins there. */
  withdrawn(call: Call): void;
  said(thread: AppThread, message: Extract<FromThread, { readonly kind: "heartbeat" | "log" }>): void;
  ended(thread: AppThread, end: ThreadEnd): void;
}

/** Whose code is the cause of an end that was made from here. */
type Cause = Call | "any" | "none";

/** What was in a thread when it ended. */
export interface ThreadEnd extends LineEnd {
  readonly begun: readonly Call[];
  readonly posted: readonly Call[];
  /** Its place in `begun`; "none": of none of them; null: it may be any. */
  readonly accused: number | "none" | null;
}

export interface ThreadParts {
  readonly number: number;
  readonly setup: GuestSetup;
  readonly startLine: StartLine;
  readonly hub: Promise<ServedClient>;
  readonly events: ThreadEvents;
}

/** The life of one thread, and the calls in it. Only this class changes `life`. */
export class AppThread {
  readonly number: number;
  life: ThreadLife = "starting";
  isRetired = false;
  readonly #line: ThreadLine;
  readonly #events: ThreadEvents;
  readonly #client: ClientServer;
  readonly #bodies: BodyReceiver<number>;
  readonly #requests: RequestBodies;
  /** Of answers that come in parts: the requests that they answer. */
  readonly #answering = new Map<number, Call>();
  /** By their places (call-memory.ts). */
  readonly #calls: (Call | undefined)[] = [];
  #size = 0;
  #turns = 0;
  #looks = 0;
  #idleLooks = 0;
  /** Why it is being ended from here. */
  #killed: { readonly reason: string; readonly cause: Cause } | null = null;

  constructor({ number, setup, startLine, hub, events }: ThreadParts) {
    this.number = number;
    this.#events = events;
    this.#line = startLine(setup, { received: (message) => this.#receive(message), ended: (end) => this.#ended(end) });
    const post = (message: ToThread): void => this.tell(message);
    this.#client = new ClientServer(hub, post);
    this.#bodies = new BodyReceiver({ more: (call) => post({ kind: "more", call }), enough: (call) => post({ kind: "enough", call }) });
    this.#requests = new RequestBodies(post);
  }

  /** For people. */
  get title(): string {
    const { pid } = this.#line;
    return pid === null ? `Thread ${this.number}` : `Process ${this.number} (pid ${pid})`;
  }

  get size(): number {
    return this.#size;
  }

  /** Looks in a row at which it had calls and took no message. */
  get silence(): number {
    return this.#looks;
  }

  /** It has no calls, and none of its answers is on its way. */
  get isEmpty(): boolean {
    return this.#size === 0 && this.#bodies.size === 0;
  }

  /** Looks in a row at which it had no calls. */
  get idleness(): number {
    return this.#idleLooks;
  }

  /** The call whose code holds it; null: it may be any that has begun. */
  get running(): Call | null {
    const running = this.#line.claims.running;
    return running === null ? null : (this.#calls[running] ?? null);
  }

  /** False: it has no room. */
  run(call: Call): boolean {
    const place = this.#line.claims.post();
    if (place === null) return false;
    this.#calls[place] = call;
    this.#size += 1;
    call.thread = this;
    this.tell({ kind: "run", call: place, work: this.#requests.onItsWay(call.work) });
    return true;
  }

  tell(message: ToThread): void {
    if (this.life !== "ended") this.#line.send(message);
  }

  /** Is there a sign of life since the last look? Called at even intervals; what is held is so by the clock of this process, not by a pause of it. */
  look(heldAfter: number): void {
    const { turns } = this.#line.claims;
    const isSilent = turns === this.#turns && this.#size > 0 && this.life !== "starting";
    this.#turns = turns;
    this.#looks = isSilent ? this.#looks + 1 : 0;
    this.#idleLooks = this.isEmpty ? this.#idleLooks + 1 : 0;
    if (this.life === "ready" && this.#looks >= heldAfter) this.life = "held";
    else if (this.life === "held" && !isSilent) this.life = "ready";
    if (this.life === "held") this.#takeAnswers();
    if (this.life === "held" && this.isEmpty) this.#events.emptied(this);
  }

  /** Calls that have ended before the one that holds it: their answers come again when it lets go, and find no call then. */
  #takeAnswers(): void {
    for (const message of this.#line.claims.answers) {
      const call = message.kind === "answer" ? this.#take(message.call) : null;
      if (call === null || message.kind !== "answer") continue;
      if (call.work.kind === "episode") this.tell({ kind: "forget", no: call.work.request.no });
      this.#over(call);
      this.#events.answered(this, call, message.answer as Answer);
    }
  }

  /** Takes back what it has not begun. */
  withdraw(): void {
    this.#line.claims.withdraw(this.#places, (place) => this.#withdrawn(place));
  }

  #withdrawn(place: number): void {
    const call = this.#take(place);
    if (call === null) return;
    const { work } = call;
    if (work.kind === "invocation") this.#requests.forget(work.request.id);
    else if (work.kind === "episode") this.tell({ kind: "forget", no: work.request.no }); // its cursor is of no use here
    this.#events.withdrawn(call);
    if (this.isEmpty) this.#events.emptied(this);
  }

  get #places(): readonly number[] {
    return [...this.#calls.keys()].filter((place) => this.#calls[place] !== undefined);
  }

  /** Out of this thread; null: it is not in here. */
  #take(place: number): Call | null {
    const call = this.#calls[place];
    if (call === undefined) return null;
    this.#calls[place] = undefined;
    this.#size -= 1;
    call.thread = null;
    return call;
  }

  /** Calls that have begun. */
  get begun(): readonly Call[] {
    return this.#places.flatMap((place) => (this.#line.claims.hasBegun(place) ? (this.#calls[place] ?? []) : []));
  }

  holder(): Promise<string | null> {
    return this.#line.holder();
  }

  heapBytes(): Promise<number | null> {
    return this.#line.heapBytes().catch(() => null);
  }

  /** Ends it at once. */
  kill(reason: string, cause: Cause): Promise<void> {
    this.#killed ??= { reason, cause };
    return this.#line.kill();
  }

  #receive(message: FromThread): void {
    switch (message.kind) {
      case "loaded":
        this.life = "ready";
        this.#events.loaded(this, message.info);
        break;
      case "notLoaded":
        this.#events.notLoaded(this, errorFromWire(message.error));
        break;
      case "answer":
        this.#answered(message.call, message.answer);
        break;
      case "skipped":
        this.#withdrawn(message.call); // of a process this may come before its watch says so
        this.#line.claims.release(message.call);
        break;
      case "part":
        this.#part(message);
        break;
      case "moreBody":
        this.#requests.more(message.id);
        break;
      case "enoughBody":
        this.#requests.forget(message.id);
        break;
      case "ask":
      case "stopAsking":
      case "rows":
        this.#client.receive(message);
        break;
      case "heartbeat":
      case "log":
        this.#events.said(this, message);
        break;
      case "closed":
        void this.kill("it was closed", "none");
    }
  }

  #part({ call, part }: Extract<FromThread, { readonly kind: "part" }>): void {
    if (!this.#bodies.receive(call, part)) return;
    this.#line.claims.release(call);
    const answered = this.#answering.get(call);
    this.#answering.delete(call);
    if (answered !== undefined) this.#over(answered);
    if (this.isEmpty) this.#events.emptied(this);
  }

  /** Nothing of its request is read any more. */
  #over({ work }: Call): void {
    if (work.kind === "invocation") this.#requests.end(work.request.id);
  }

  #answered(place: number, answer: Extract<FromThread, { readonly kind: "answer" }>["answer"]): void {
    const call = this.#take(place);
    const isInParts = answer.kind === "http" && answer.body === "parts";
    if (!isInParts) this.#line.claims.release(place);
    if (call === null) return;
    if (isInParts) this.#answering.set(place, call);
    else this.#over(call);
    this.#events.answered(
      this,
      call,
      answer.kind === "http" && answer.body === "parts" ? { ...answer, body: this.#bodies.open(place) } : (answer as Answer),
    );
    if (this.isEmpty) this.#events.emptied(this);
  }

  #ended(end: LineEnd): void {
    const { claims } = this.#line;
    this.life = "ended";
    this.#takeAnswers();
    const calls = this.#places.flatMap((place) => {
      const call = this.#take(place);
      return call === null ? [] : [{ place, call }];
    });
    const begun = calls.filter(({ place }) => claims.hasBegun(place));
    const posted = calls.filter(({ place }) => !claims.hasBegun(place));
    const { accused } = claims;
    const killed = this.#killed;
    const index = begun.findIndex(({ place, call }) => (killed === null ? place === accused : call === killed.cause));
    const isUnknown = killed === null ? accused === null : killed.cause === "any";
    const reason = killed?.reason ?? end.reason;
    this.#client.end();
    this.#bodies.end(reason);
    this.#events.ended(this, {
      reason,
      error: killed === null ? end.error : null,
      begun: begun.map(({ call }) => call),
      posted: posted.map(({ call }) => call),
      accused: index >= 0 ? index : isUnknown ? null : "none",
    });
  }
}
