import type { EventId } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import type { DeliverOp } from "../calls/client-op.ts";

/** A message on its way into an instance of this worker. */
export interface Mail {
  readonly message: Message;
  /** The inbox row that holds it; null while it lives in memory only. */
  readonly seq: number | null;
  /** An episode that took it has been gathered into a batch. */
  readonly gathered: boolean;
  /** An activity's result: it needs no row, since a crash runs the activity again. */
  readonly isVolatile: boolean;
  /** The client that waits for it to be durable. */
  readonly op: DeliverOp | null;
}

export const rowMail = (message: Message, seq: number): Mail => ({ message, seq, gathered: false, isVolatile: false, op: null });
export const clientMail = (message: Message, op: DeliverOp): Mail => ({ message, seq: null, gathered: false, isVolatile: false, op });
export const localMail = (message: Message): Mail => ({ message, seq: null, gathered: false, isVolatile: false, op: null });
export const resultMail = (message: Message): Mail => ({ message, seq: null, gathered: false, isVolatile: true, op: null });

/** Nothing else of it changes, and only here. */
interface ChangingMail extends Mail {
  seq: number | null;
  gathered: boolean;
}

/** An episode that took it is in a batch. */
export function noteGathered(mail: ChangingMail): void {
  mail.gathered = true;
}

/** Handled at once, whatever the instance waits for. */
const endsIt = ({ message: { kind } }: Mail): boolean => kind === "terminate" || kind === "replace";

const NO_MAIL: readonly Mail[] = [];

/** The messages of one instance in memory: those that wait, and those that the episode under way has taken. */
export class Mailbox {
  #waiting: Mail[] = [];
  #taken: readonly Mail[] = NO_MAIL;
  /** Inbox rows that are in here or were consumed by a batch that is not durable yet. */
  #held: Set<number> | null = null;
  /** Messages that the batch in flight turns into inbox rows. */
  #unnumbered = 0;
  #readSince = 0;
  /** False: no message waits that ends the instance. Thousands may wait, and each one that comes asks. */
  #mayHaveEnd = false;

  /** Nothing waits. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  get waiting(): readonly Mail[] {
    return this.#waiting;
  }

  /** With what the episode under way has taken. */
  get all(): readonly Mail[] {
    return this.#taken.length === 0 ? this.#waiting : [...this.#taken, ...this.#waiting];
  }

  /** Something waits that ends the instance without any code of it. */
  get hasEnd(): boolean {
    if (this.#mayHaveEnd) this.#mayHaveEnd = this.#waiting.some(endsIt);
    return this.#mayHaveEnd;
  }

  /** The activities of that generation whose results wait here: they have run. */
  answersTo(generation: number): ReadonlySet<EventId> {
    const answered = new Set<EventId>();
    for (const { message } of this.#waiting) {
      if ((message.kind === "taskCompleted" || message.kind === "taskFailed") && message.generation === generation)
        answered.add(message.taskId);
    }
    return answered;
  }

  put(mail: Mail): void {
    if (mail.seq !== null) this.#hold(mail.seq);
    if (endsIt(mail)) this.#mayHaveEnd = true;
    this.#waiting.push(mail);
  }

  /** In front of what waits. */
  putBack(mail: readonly Mail[]): void {
    if (mail.length === 0) return;
    if (mail.some(endsIt)) this.#mayHaveEnd = true;
    this.#waiting = [...mail, ...this.#waiting];
  }

  take(limit: number): Mail[] {
    if (this.#waiting.length > limit) return this.#waiting.splice(0, limit); // a copy of what stays, of 100,000, would be made a hundred times
    const mail = this.#waiting;
    this.#waiting = [];
    return mail;
  }

  /** What waits, and nothing waits any more. */
  empty(): readonly Mail[] {
    return this.take(Number.POSITIVE_INFINITY);
  }

  /** Takes messages of clients out, but for those that an episode has. Gives what it took. */
  takeOut(ops: ReadonlySet<DeliverOp>): readonly DeliverOp[] {
    const taken: DeliverOp[] = [];
    for (const { op } of this.#waiting) if (op !== null && ops.has(op)) taken.push(op);
    if (taken.length > 0) this.#waiting = this.#waiting.filter(({ op }) => op === null || !ops.has(op));
    return taken;
  }

  /** Takes all messages of clients out that wait for an answer. */
  takeClients(): readonly Mail[] {
    const taken = this.#waiting.filter(({ op }) => op !== null);
    if (taken.length > 0) this.#waiting = this.#waiting.filter(({ op }) => op === null);
    return taken;
  }

  /** An episode begins with this. */
  episodeHas(mail: readonly Mail[]): void {
    this.#taken = mail;
  }

  /** … and is recorded. */
  episodeDone(): void {
    this.#taken = NO_MAIL;
  }

  /** … and is given up: what it had waits again. */
  episodeGivesBack(): void {
    this.putBack(this.#taken);
    this.#taken = NO_MAIL;
  }

  // --- inbox rows ---

  /** This row is known: it is here, or was consumed by a batch that is not durable. */
  holds(seq: number): boolean {
    return this.#held?.has(seq) === true;
  }

  #hold(seq: number): void {
    this.#held ??= new Set();
    this.#held.add(seq);
  }

  /** The row is gone for good. */
  forgetRow(seq: number): void {
    this.#held?.delete(seq);
  }

  forgetRows(): void {
    this.#held = null;
  }

  /** The batch in flight makes rows of messages in here: until its answer says under which number, no row is told from them. */
  get isUnnumbered(): boolean {
    return this.#unnumbered > 0;
  }

  becomesRow(): void {
    this.#unnumbered += 1;
  }

  /** Null: the row was not made. */
  becameRow(mail: ChangingMail, seq: number | null): void {
    this.#unnumbered -= 1;
    mail.seq = seq;
    if (seq !== null) this.#hold(seq);
  }

  /** Inbox reads that started before are ignored ({@link MailOrder}): it may hold rows that were consumed since. */
  get readSince(): number {
    return this.#readSince;
  }

  readAfresh(since: number): void {
    this.#readSince = since;
  }
}
