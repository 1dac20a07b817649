import type { EntityOp, LockKey } from "../../../src/model/entity-message.ts";
import type { InstanceId, InstanceNo } from "../../../src/model/ids.ts";
import { eventId, instanceId, instanceNo } from "../../../src/model/ids.ts";
import type { Message } from "../../../src/model/message.ts";
import { payload } from "../../../src/model/payload.ts";
import type { Random } from "../../../src/testing/random.ts";

/** What it says, and to whom; the network brings it there. */
export type Say = (from: string, to: InstanceId, message: Extract<Message, { kind: "entityOp" | "entityLock" | "entityRelease" }>) => void;

/** Stands for an orchestration: signals, calls, and sections over several entities, which it may give up or die in at any point. */
export class SectionUser {
  no: InstanceNo;
  /** Of the section that it is in, or waits for. */
  section: { readonly key: LockKey; readonly entities: readonly InstanceId[]; granted: boolean } | null = null;
  /** Calls without an answer, by the id of each. */
  readonly open = new Map<number, string>();
  readonly #random: Random;
  readonly #say: Say;
  readonly #name: string;
  #lives = 0;
  #nextId = 0;
  #callsLeft = 0;

  constructor(at: number, random: Random, say: Say) {
    this.#name = `user-${at}`;
    this.no = instanceNo(100 * at);
    this.#random = random;
    this.#say = say;
  }

  /** One thing that its code does. `settle`: it begins nothing new, and ends what it has begun. */
  act(entities: readonly InstanceId[], now: number, settle: boolean): void {
    const { section } = this;
    if (section === null) {
      if (!settle) this.#outside(entities, now);
    } else if (!section.granted) {
      if (this.#random.chance(settle ? 0 : 0.05)) this.#leave(now);
    } else if (this.#callsLeft > 0 && !settle) {
      this.#callsLeft -= 1;
      this.#operation(this.#random.pick(section.entities), now, { isCall: true });
    } else if (this.#random.chance(0.05) || ![...this.open.keys()].some((id) => id > section.key.id)) {
      this.#leave(now);
    }
  }

  /** It is terminated: answers to it are dropped, and another takes its place. */
  die(now: number): void {
    this.#leave(now);
    this.open.clear();
    this.#lives += 1;
    this.no = instanceNo(this.no + 1);
  }

  receive(message: Message): void {
    if (message.kind === "lockGranted" && this.section?.key.id === message.taskId) this.section.granted = true;
    if (message.kind === "entityCompleted" || message.kind === "entityFailed") {
      if (!this.open.delete(message.taskId)) throw new Error(`${this.#name} got a second answer to ${message.taskId}`);
    }
  }

  #outside(entities: readonly InstanceId[], now: number): void {
    if (this.#random.chance(0.5)) {
      this.#operation(this.#random.pick(entities), now, { isCall: this.#random.chance(0.5) });
      return;
    }
    const chosen = [...new Set([0, 1, 2].map(() => this.#random.pick(entities)))].sort();
    const [first] = chosen;
    if (first === undefined) return;
    const key = { no: this.no, generation: 0, id: eventId(this.#id()) };
    this.section = { key, entities: chosen, granted: false };
    this.#callsLeft = this.#random.int(4);
    this.#say(this.#me, first, { kind: "entityLock", ts: now, lock: key, holder: instanceId(this.#name), entities: chosen, at: 0 });
  }

  #leave(now: number): void {
    const { section } = this;
    const first = section?.entities[0];
    this.section = null;
    if (section === null || first === undefined) return;
    const { key: lock, entities } = section;
    this.#say(this.#me, first, { kind: "entityRelease", ts: now, lock, holder: instanceId(this.#name), entities, at: 0 });
  }

  #operation(to: InstanceId, now: number, { isCall }: { readonly isCall: boolean }): void {
    const id = this.#id();
    const delay = !isCall && this.#random.chance(0.4) ? this.#random.between(-20, 60) : null;
    const lock = this.section?.granted === true ? this.section.key : null;
    const op: EntityOp = {
      ...{ kind: "entityOp", ts: now, operation: "add", input: payload(JSON.stringify(`${this.#me}/${id}`)) },
      due: delay === null ? null : now + delay,
      from: isCall ? { no: this.no, generation: 0, taskId: eventId(id) } : null,
      lock,
      ...(isCall ? {} : { sender: this.no }),
    };
    if (isCall) this.open.set(id, to);
    this.#say(this.#me, to, op);
  }

  get #me(): string {
    return `${this.#name}.${this.#lives}`;
  }

  #id(): number {
    this.#nextId += 1;
    return this.#nextId;
  }
}
