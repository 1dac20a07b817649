import type { CallOutcome } from "../fault-store.ts";
import { PASS } from "../fault-store.ts";
import type { Random } from "../random.ts";
import type { StoreMethod } from "../store-proxy.ts";

/** Everything that can go wrong in a simulated run. */
export const FAULT_KINDS = [
  "crash",
  "freeze",
  "commitBusy",
  "commitRefused",
  "commitLostWritten",
  "commitLostUnwritten",
  "commitLate",
  "commitAfterDeath",
  "answerBehindMail",
  "callLost",
  "storeAway",
  "slowAnswers",
  "clockStep",
  "duplicates",
  "duplicateDelivery",
  "gracefulStop",
  "hungActivity",
  "poison",
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** Kinds that happen to one process at a boundary, or to one of its calls; the rest happens to the world, or is user code. */
const PLANNED: readonly FaultKind[] = [
  "crash",
  "crash",
  "crash",
  "freeze",
  "commitBusy",
  "commitRefused",
  "commitLostWritten",
  "commitLostWritten",
  "commitLostUnwritten",
  "commitLate",
  "commitAfterDeath",
  "answerBehindMail",
  "answerBehindMail",
  "callLost",
  "storeAway",
  "slowAnswers",
  "clockStep",
  "duplicates",
  "gracefulStop",
];

interface Planned {
  readonly kind: FaultKind;
  /** Armed when this many boundaries have been crossed. */
  readonly at: number;
}

/** What the plan lets happen to the cluster. */
export interface FaultTarget {
  crash(node: number): void;
  /** Right after what it is doing now. */
  crashSoon(node: number): void;
  freeze(node: number, ms: number): void;
  stopGracefully(node: number): void;
  stepClock(ms: number): void;
}

export interface PlanOptions {
  readonly random: Random;
  readonly leaseMs: number;
  /** Boundaries over which the faults are spread. */
  readonly span: number;
  readonly faults: number;
  readonly target: FaultTarget;
  readonly now: () => number;
}

/** The faults of one seed: chosen beforehand, each struck at the first fitting moment after its own. */
export class FaultPlan {
  readonly counts = new Map<FaultKind, number>();
  readonly #options: PlanOptions;
  #planned: Planned[] = [];
  #armed: FaultKind[] = [];
  #crossed = 0;
  #awayUntil = 0;
  #slowUntil = 0;
  #duplicatesUntil = 0;
  #over = false;

  constructor(options: PlanOptions) {
    this.#options = options;
    const { random } = options;
    for (let i = 0; i < options.faults; i++) this.#planned.push({ kind: random.pick(PLANNED), at: 5 + random.int(options.span) });
    this.#planned.sort((a, b) => a.at - b.at);
  }

  /** True when nothing more will go wrong. */
  get isOver(): boolean {
    return this.#over || (this.#planned.length === 0 && this.#armed.length === 0);
  }

  get crossed(): number {
    return this.#crossed;
  }

  get isDuplicating(): boolean {
    return !this.#over && this.#options.now() < this.#duplicatesUntil;
  }

  /** The weather clears for good. */
  end(): void {
    this.#over = true;
    this.#planned = [];
    this.#armed = [];
  }

  count(kind: FaultKind): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  boundary(node: number, point: string): void {
    this.#crossed += 1;
    if (this.#over) return;
    for (let next = this.#planned[0]; next !== undefined && next.at <= this.#crossed; next = this.#planned[0]) {
      this.#planned.shift();
      this.#armed.push(next.kind);
    }
    if (this.#armed.length > 0) this.#strike(node, point);
  }

  outcomeOf(method: StoreMethod, node: number | null): CallOutcome {
    if (this.#over) return PASS;
    const { random, now } = this.#options;
    if (now() < this.#awayUntil) return { kind: "away", afterMs: random.between(1, 200) };
    if (method === "commit") {
      if (this.#take("commitBusy")) return { kind: "busy", forRoom: this.#crossed % 2 === 0 };
      if (node !== null && this.#take("commitRefused")) return { kind: "refused" };
      if (this.#take("commitLostWritten")) return { kind: "lost", written: true };
      if (this.#take("commitLostUnwritten")) return { kind: "lost", written: false };
      if (node !== null && this.#take("commitAfterDeath")) {
        this.#options.target.crashSoon(node);
        return { kind: "slow", thereMs: random.between(3, 5) * this.#options.leaseMs, backMs: 1 };
      }
      if (this.#take("commitLate")) return { kind: "slow", thereMs: random.between(10, 2 * this.#options.leaseMs), backMs: 5 };
    } else if (this.#take("callLost")) return { kind: "lost", written: random.chance(0.5) };
    if (now() < this.#slowUntil) return { kind: "slow", thereMs: random.int(300), backMs: random.int(300) };
    return { kind: "slow", thereMs: random.int(4), backMs: random.int(4) };
  }

  /** Counted when it has come about ({@link count}): mail must be read meanwhile. */
  holdsAnswer(): boolean {
    return !this.#over && this.#disarm("answerBehindMail");
  }

  #strike(node: number, point: string): void {
    for (const kind of [...this.#armed]) if (this.#strikeOne(kind, node, point)) return;
  }

  #strikeOne(kind: FaultKind, node: number, point: string): boolean {
    const { random, leaseMs, target, now } = this.#options;
    switch (kind) {
      case "crash":
        this.#take("crash");
        target.crash(node);
        return true;
      case "freeze":
        this.#take("freeze");
        target.freeze(node, random.between(leaseMs / 2, 4 * leaseMs));
        return true;
      case "gracefulStop":
        if (!point.endsWith(":after")) return false;
        this.#take("gracefulStop");
        target.stopGracefully(node);
        return true;
      case "storeAway":
        this.#take("storeAway");
        this.#awayUntil = now() + random.between(100, 3 * leaseMs);
        return true;
      case "slowAnswers":
        this.#take("slowAnswers");
        this.#slowUntil = now() + random.between(500, 3_000);
        return true;
      case "clockStep":
        this.#take("clockStep");
        target.stepClock(random.pick([-60_000, -5_000, -500, 500, 2_000, 60_000]));
        return true;
      case "duplicates":
        this.#take("duplicates");
        this.#duplicatesUntil = now() + 4_000;
        return true;
      default:
        return false;
    }
  }

  /** Strikes an armed fault of this kind, if there is one. */
  #take(kind: FaultKind): boolean {
    if (!this.#disarm(kind)) return false;
    this.count(kind);
    return true;
  }

  #disarm(kind: FaultKind): boolean {
    const at = this.#armed.indexOf(kind);
    if (at >= 0) this.#armed.splice(at, 1);
    return at >= 0;
  }
}
