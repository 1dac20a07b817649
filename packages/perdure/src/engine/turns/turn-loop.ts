import { isDone } from "../../core/fold.ts";
import type { AbortReason } from "../../model/executor.ts";
import { Fifo } from "../../model/fifo.ts";
import type { Linked } from "../../model/linked-set.ts";
import type { BatchRoom } from "../commits/batch-room.ts";
import type { Committer } from "../commits/committer.ts";
import type { SuspectGate } from "../crashes/suspect-gate.ts";
import { isSuspect } from "../crashes/suspicion.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { ClientMail } from "../mail/client-mail.ts";
import type { WorkerParts } from "../options.ts";
import type { Phase } from "../phase.ts";
import { isAlive } from "../phase.ts";
import type { AskedTurn } from "./asked-turn.ts";
import type { AskedTurns } from "./asked-turns.ts";

/**
 * Turns started in one turn of the loop. Without slices 256 instances move in step: the engine waits for the writer, then the writer for the
 * engine, both idle 40 % of the time. hello-sequence-5, 256 in flight, one quiet machine, in orchestrations/s: 10,300 without slices, 12,100 with
 * 32, 12,700 with 64, 12,900 with 128 (2026-11-21).
 */
const SLICE = 64;

export interface TurnLoopPort {
  readonly phase: Phase;
  readonly batchRoom: Pick<BatchRoom, "make" | "isBlocked">;
  readonly gate: SuspectGate;
  readonly clientMail: Pick<ClientMail, "answer">;
  readonly committer: Pick<Committer, "gathering" | "seal">;
  readonly parts: Pick<WorkerParts, "scheduler" | "executor">;
}

/** What a turn is for one kind of instance. */
export interface TurnKind<Asked extends AskedTurn & Linked<Asked>, Answer> {
  readonly asked: Pick<AskedTurns<Asked>, "size" | "hasPlace" | "has" | "of" | "all" | "freePlace">;
  /** Its turn begins. Null: it is over already, since no code was to run. `turn`, `leaveGate`: as in {@link AskedTurn}. */
  begin(instance: ActiveInstance, turn: number, leaveGate: (() => void) | null): Asked | null;
  /** The answer is no longer waited for. */
  abort(asked: Asked, reason: AbortReason): void;
  /** What the executor answered goes into the gathering batch, which has room. */
  take(asked: Asked, answer: Answer): void;
}

/**
 * Takes instances from the line and gives each a turn: messages and due timers in, rows of the gathering batch out. An instance has one turn at a time;
 * several instances run side by side as far as the executor lets them.
 *
 * A batch waits for the turns that were started for it, and no longer than one turn of the event loop: what runs on this thread has answered
 * by then. An answer that comes later (user code on another thread, a history that had to be read) goes into a later batch. So the batch is as
 * large as the work at hand, and no commit waits for the slowest.
 */
export class TurnLoop<Asked extends AskedTurn & Linked<Asked>, Answer> {
  readonly #port: TurnLoopPort;
  readonly #kind: TurnKind<Asked, Answer>;
  readonly #line = new Fifo<ActiveInstance>();
  /** Answers that came after their turn: they are taken before new turns begin. */
  readonly #late = new Fifo<{ readonly asked: Asked; readonly answer: Answer }>();
  #turn = 0;
  /** Those of this turn without an answer. */
  #awaited = 0;
  readonly #ofTurn: Asked[] = [];
  #cancelTurnEnd: (() => void) | null = null;
  #pumpSoon = false;
  /** Suspects that wait for their turn among each other; they count as queued. */
  readonly #atGate = new Set<ActiveInstance>();

  constructor(port: TurnLoopPort, kindOf: (loop: TurnLoop<Asked, Answer>) => TurnKind<Asked, Answer>) {
    this.#port = port;
    this.#kind = kindOf(this);
  }

  get backlog(): number {
    return this.#line.length + this.#kind.asked.size;
  }

  /** So many the gathering batch waits for. */
  get awaited(): number {
    return this.#awaited;
  }

  /** Others have a turn beside the one that has it now. */
  get hasOthers(): boolean {
    return this.#line.length + this.#awaited > 0;
  }

  enqueue(instance: ActiveInstance): void {
    if (instance.isInterrupted) this.giveUp(instance, "terminated");
    if (instance.queue() || this.#leavesGate(instance)) {
      this.#line.push(instance);
      this.#pump();
    }
    // Until one of the executor's places is free, which may take long: clients are not kept waiting for that.
    if (instance.phase === "queued" && !this.#kind.asked.hasPlace) this.#port.clientMail.answer(instance);
  }

  clear(): void {
    this.#line.clear();
    this.#late.clear();
    this.#atGate.clear();
    for (const asked of this.#kind.asked.all()) this.#kind.abort(asked, "lost");
    this.#turn += 1;
    this.#awaited = 0;
    this.#ofTurn.length = 0;
  }

  /** There may be room for more: a batch is durable, or the executor has other places. */
  onRoom(): void {
    if (this.#line.length + this.#late.length > 0) this.#pump();
  }

  /** The same, for those in line. */
  onPlaceFree(): void {
    if (this.#line.length > 0) this.#pump();
  }

  /** The instance is to leave, or ends: what is under way of it will not be recorded, and what it had taken waits in its mailbox again. */
  giveUp(instance: ActiveInstance, reason: AbortReason = "shutdown"): void {
    const asked = instance.running ? this.#kind.asked.of(instance) : undefined;
    if (asked === undefined) return;
    this.#kind.abort(asked, reason);
    if (asked.isOf(this.#turn)) this.#awaited -= 1;
    instance.giveUp();
    this.#port.parts.executor.forget(instance.no);
  }

  answered(asked: Asked, answer: Answer): void {
    if (!this.#isAlive) return;
    if (!asked.isOf(this.#turn)) {
      this.#kind.asked.freePlace(asked);
      this.#later(asked, answer);
      return;
    }
    this.#awaited -= 1;
    this.#kind.take(asked, answer);
    if (this.#awaited === 0) this.#endTurn();
  }

  /** No batch waits for it: it takes longer. `begin` is called unless this worker is dead. */
  takesLonger(asked: Asked, begin: () => void): void {
    if (!this.#isAlive) return;
    const isAwaited = asked.isOf(this.#turn);
    if (isAwaited) this.#awaited -= 1;
    asked.leaveTurn();
    begin();
    if (isAwaited && this.#awaited === 0) this.#endTurn();
  }

  /** Its answer cannot be taken yet: like a late one it goes into a later batch, and delays nothing meanwhile. `when` calls `then` once it can. */
  takenOnce(asked: Asked, answer: Answer, when: (isWanted: () => boolean, then: () => void) => void): void {
    this.#kind.asked.freePlace(asked);
    asked.leaveTurn();
    this.#outlasts(asked.instance);
    when(
      () => this.#isAlive && this.#kind.asked.has(asked),
      () => this.#later(asked, answer),
    );
  }

  /** Those that come together go into one batch. */
  #later(asked: Asked, answer: Answer): void {
    this.#late.push({ asked, answer });
    this.#pump();
  }

  /** It is not waited for: neither by its batch, nor by clients, nor by what ends it. */
  #outlasts(instance: ActiveInstance): void {
    if (instance.phase === "running") instance.outlastTurn();
    if (instance.isInterrupted) this.enqueue(instance);
    else if (instance.phase === "away") this.#port.clientMail.answer(instance);
  }

  /** What ends it does not wait for its turn as a suspect. */
  #leavesGate(instance: ActiveInstance): boolean {
    return this.#atGate.size > 0 && instance.mailbox.hasEnd && this.#atGate.delete(instance);
  }

  /** Deferred, so that completions that arrive together are delivered together. */
  #pump(): void {
    if (this.#pumpSoon) return;
    this.#pumpSoon = true;
    this.#port.parts.scheduler.soon(this.#pumped);
  }

  readonly #pumped = (): void => {
    this.#pumpSoon = false;
    this.#runAll();
  };

  #runAll(): void {
    if (!this.#isAlive) return;
    const room = this.#port.batchRoom;
    while (this.#late.length > 0 && room.make()) this.#takeLate(this.#late.shift());
    for (let slice = SLICE; this.#line.length > 0 && slice > 0 && this.#kind.asked.hasPlace && room.make(); slice--) {
      const instance = this.#line.shift();
      if (instance?.phase !== "queued") continue; // it has left the line
      if (isDone(instance.state)) instance.pass();
      else if (isSuspect(instance.crashes) && !instance.mailbox.hasEnd) this.#runInTurn(instance);
      else this.#run(instance, null);
    }
    if (this.#awaited === 0) this.#endTurn();
    else this.#endTurnSoon();
  }

  #runInTurn(instance: ActiveInstance): void {
    this.#atGate.add(instance);
    this.#port.gate.enter("instance", instance.crashes, (leave) => {
      if (!this.#atGate.delete(instance) || instance.phase !== "queued" || !this.#isAlive) return leave();
      if (!this.#kind.asked.hasPlace) {
        this.#line.push(instance); // others took the places while it was at the gate
        return leave();
      }
      this.#run(instance, leave);
      if (this.#awaited > 0) this.#endTurnSoon();
    });
  }

  #run(instance: ActiveInstance, leaveGate: (() => void) | null): void {
    const asked = this.#kind.begin(instance, this.#turn, leaveGate);
    if (asked === null) {
      leaveGate?.();
      return;
    }
    this.#awaited += 1;
    this.#ofTurn.push(asked);
  }

  #endTurnSoon(): void {
    this.#cancelTurnEnd ??= this.#port.parts.scheduler.soon(() => {
      this.#cancelTurnEnd = null;
      if (this.#awaited === 0) return;
      const late = this.#ofTurn.filter((asked) => asked.isOf(this.#turn) && this.#kind.asked.has(asked));
      this.#turn += 1;
      this.#awaited = 0;
      for (const { instance } of late) this.#outlasts(instance);
      if (this.#isAlive) this.#endTurn();
    });
  }

  /** Nothing of the turn is awaited any more: the writer gets to work on it, if it is free, while the next slice runs. */
  #endTurn(): void {
    const { committer, batchRoom } = this.#port;
    this.#ofTurn.length = 0;
    // An immediate that has nothing to do costs one more turn of the event loop: 10 µs for each commit of a worker with one instance.
    this.#cancelTurnEnd?.();
    this.#cancelTurnEnd = null;
    if (!committer.gathering.isEmpty) committer.seal();
    const hasNext = this.#late.length > 0 || (this.#line.length > 0 && this.#kind.asked.hasPlace);
    if (hasNext && !batchRoom.isBlocked) this.#pump();
  }

  #takeLate(late: { readonly asked: Asked; readonly answer: Answer } | undefined): void {
    if (late !== undefined && this.#kind.asked.has(late.asked)) this.#kind.take(late.asked, late.answer);
  }

  get #isAlive(): boolean {
    return isAlive(this.#port.phase);
  }
}
