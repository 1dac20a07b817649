import type { AppThread, ThreadEnd } from "./app-thread.ts";
import type { Call } from "./call.ts";
import { answerAfterEnd, declinedAnswer, lostAnswer } from "./endings.ts";
import type { Answer } from "./messages.ts";
import type { Quarantine } from "./quarantine.ts";
import type { Finding } from "./suspects.ts";
import { Suspects } from "./suspects.ts";
import type { ThreadPool } from "./thread-pool.ts";

export interface RouterParts {
  readonly pool: ThreadPool;
  readonly quarantine: Quarantine;
  /** `thread`: null when no thread has answered it. */
  answered(thread: AppThread | null, call: Call, answer: Answer): void;
}

export const CLOSED = "the executor was closed";

/** Where calls go: to a thread of the pool, or apart from the others; and what becomes of those whose thread has ended. */
export class CallRouter {
  readonly #parts: RouterParts;
  readonly #suspects = new Suspects();
  #isClosed = false;

  constructor(parts: RouterParts) {
    this.#parts = parts;
  }

  run(call: Call, cursor: AppThread | null): void {
    const { pool, quarantine } = this.#parts;
    if (this.#isClosed) this.settle(call, lostAnswer(call, CLOSED));
    else if (this.runsApart(call)) quarantine.run(call);
    else if (pool.isReady) pool.run(call, cursor);
    else this.settle(call, declinedAnswer(call));
  }

  /** It may be what ends threads, or was asked for alone: then no cursor is kept of it. */
  runsApart(call: Call): boolean {
    return call.isAlone || (!this.#suspects.isEmpty && this.#suspects.isSuspect(call.key));
  }

  runsAlone(call: Call): boolean {
    return call.isAlone || this.#suspects.runsAlone(call.key);
  }

  /** One that waits for a thread is taken back. False: it does not wait. */
  withdraw(call: Call): boolean {
    return this.#parts.pool.withdraw(call) || this.#parts.quarantine.withdraw(call);
  }

  settle(call: Call, answer: Answer): void {
    if (!call.isOver) this.#parts.answered(null, call, answer);
  }

  answered(thread: AppThread, call: Call, answer: Answer): void {
    const { pool, quarantine } = this.#parts;
    if (quarantine.has(thread)) {
      if (call.work.kind === "episode") thread.tell({ kind: "forget", no: call.work.request.no });
      quarantine.answered(thread, call);
    }
    if (answer.kind !== "historyNeeded" && !this.#suspects.isEmpty) this.#suspects.clear(call.key);
    const keepsCursor = pool.has(thread) && !thread.isRetired && thread.life === "ready";
    if (!call.isOver) this.#parts.answered(keepsCursor ? thread : null, call, answer);
  }

  /** Whose code ended a thread: one finding for each call that had begun. */
  examine({ begun, accused }: ThreadEnd): readonly Finding[] {
    return this.#suspects.examine({ begun: begun.map(({ key }) => key), accused });
  }

  /** What was in a thread goes to others, or is answered. */
  ended({ begun, posted, reason }: ThreadEnd, findings: readonly Finding[]): void {
    for (const call of posted) this.runAgain(call);
    for (const [index, call] of begun.entries()) {
      if (call.isUnwanted) this.#suspects.clear(call.key); // it never comes again
      const answer = this.#isClosed ? lostAnswer(call, CLOSED) : answerAfterEnd(call, findings[index] ?? "bystander", reason);
      if (answer === null) this.runAgain(call);
      else this.settle(call, answer);
    }
    if (!this.#parts.pool.isReady) this.#decline(this.#waiting());
  }

  runAgain(call: Call): void {
    if (call.isOver) return;
    const isOfThread = call.work.kind === "invocation" && call.work.request.kind === "hook";
    if (this.#isClosed || isOfThread) this.settle(call, lostAnswer(call, "its thread has ended"));
    else this.run(call, null);
  }

  /** A thread cannot load the app: what waits for one like it is left to other workers. */
  notLoaded(thread: AppThread): void {
    const { quarantine } = this.#parts;
    if (quarantine.has(thread)) this.#decline(quarantine.takeWaiting());
  }

  close(): void {
    this.#isClosed = true;
    for (const call of this.#waiting()) this.settle(call, lostAnswer(call, CLOSED));
  }

  #waiting(): readonly Call[] {
    return [...this.#parts.pool.takeWaiting(), ...this.#parts.quarantine.takeWaiting()];
  }

  #decline(calls: readonly Call[]): void {
    for (const call of calls) this.settle(call, declinedAnswer(call));
  }
}
