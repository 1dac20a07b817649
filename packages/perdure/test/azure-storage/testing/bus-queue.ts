import { randomBytes } from "node:crypto";

/** A message as it is kept. */
export interface Kept {
  readonly body: unknown;
  readonly messageId: string | undefined;
  readonly group: string | undefined;
  readonly number: number;
  /** How often it was given out. */
  deliveries: number;
}

export interface Taken {
  readonly token: Buffer;
  readonly message: Kept;
  readonly until: number;
}

interface Lock {
  readonly message: Kept;
  until: number;
  /** Of a message of a session: there is none, since it ends with the session. */
  timer: NodeJS.Timeout | null;
}

interface Session {
  readonly owner: object;
  until: number;
  timer: NodeJS.Timeout;
}

export interface BusQueueParts {
  readonly lockMs: number;
  readonly maxDeliveries: number;
  /** A message is there again, or a session is free. */
  readonly changed: () => void;
  readonly sessionLost: (owner: object) => void;
}

const keyOf = (token: Buffer): string => token.toString("hex");

/** One queue or subscription of Service Bus: what waits, what is locked, and what was given up. Locks of messages outlive connections; those of sessions do not. */
export class BusQueue {
  readonly waiting: Kept[] = [];
  readonly dead: Kept[] = [];
  readonly #parts: BusQueueParts;
  readonly #locks = new Map<string, Lock>();
  readonly #sessions = new Map<string, Session>();

  constructor(parts: BusQueueParts) {
    this.#parts = parts;
  }

  get length(): number {
    return this.waiting.length + this.#locks.size;
  }

  get held(): number {
    return this.#locks.size;
  }

  put(message: Kept): void {
    this.waiting.push(message);
  }

  /** The next one; of a session, if a group is given. */
  take(group: string | null): Taken | null {
    const at = this.waiting.findIndex((one) => group === null || one.group === group);
    const [message] = at === -1 ? [] : this.waiting.splice(at, 1);
    if (message === undefined) return null;
    message.deliveries += 1;
    const token = randomBytes(16);
    const until = group === null ? Date.now() + this.#parts.lockMs : (this.#sessions.get(group)?.until ?? 0);
    this.#locks.set(keyOf(token), { message, until, timer: group === null ? this.#expiry(token) : null });
    return { token, message, until };
  }

  /** Until when; null: the lock is over. */
  renew(token: Buffer): number | null {
    const lock = this.#locks.get(keyOf(token));
    if (lock === undefined) return null;
    if (lock.timer !== null) clearTimeout(lock.timer);
    lock.until = Date.now() + this.#parts.lockMs;
    lock.timer = this.#expiry(token);
    return lock.until;
  }

  /** False: the lock is over. */
  settle(token: Buffer, outcome: "done" | "back" | "dead"): boolean {
    const lock = this.#locks.get(keyOf(token));
    if (lock === undefined) return false;
    if (lock.timer !== null) clearTimeout(lock.timer);
    this.#locks.delete(keyOf(token));
    if (outcome === "dead") this.dead.push(lock.message);
    if (outcome === "back") this.#back(lock.message);
    this.#parts.changed();
    return true;
  }

  /** One that has messages and no owner. */
  takeSession(owner: object): { readonly group: string; readonly until: number } | null {
    const group = this.waiting.find((one) => one.group !== undefined && !this.#sessions.has(one.group))?.group;
    if (group === undefined) return null;
    const until = Date.now() + this.#parts.lockMs;
    this.#sessions.set(group, { owner, until, timer: this.#sessionExpiry(group) });
    return { group, until };
  }

  renewSession(group: string): number | null {
    const session = this.#sessions.get(group);
    if (session === undefined) return null;
    clearTimeout(session.timer);
    session.until = Date.now() + this.#parts.lockMs;
    session.timer = this.#sessionExpiry(group);
    return session.until;
  }

  endSession(group: string): void {
    const session = this.#sessions.get(group);
    if (session === undefined) return;
    clearTimeout(session.timer);
    this.#sessions.delete(group);
    for (const [key, { message }] of this.#locks) if (message.group === group) this.settle(Buffer.from(key, "hex"), "back");
    this.#parts.changed();
  }

  close(): void {
    for (const { timer } of this.#locks.values()) if (timer !== null) clearTimeout(timer);
    for (const { timer } of this.#sessions.values()) clearTimeout(timer);
  }

  #expiry(token: Buffer): NodeJS.Timeout {
    return setTimeout(() => this.settle(token, "back"), this.#parts.lockMs);
  }

  #sessionExpiry(group: string): NodeJS.Timeout {
    return setTimeout(() => {
      const owner = this.#sessions.get(group)?.owner;
      this.endSession(group);
      if (owner !== undefined) this.#parts.sessionLost(owner);
    }, this.#parts.lockMs);
  }

  #back(message: Kept): void {
    if (message.deliveries >= this.#parts.maxDeliveries) this.dead.push(message);
    else {
      const at = this.waiting.findIndex(({ number }) => number > message.number);
      this.waiting.splice(at === -1 ? this.waiting.length : at, 0, message);
    }
  }
}
