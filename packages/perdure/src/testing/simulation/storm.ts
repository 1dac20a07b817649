import { checkDump } from "../invariants/check-dump.ts";
import { describeViolation } from "../invariants/invariant.ts";
import type { Random } from "../random.ts";
import type { Cluster } from "./cluster.ts";
import { FaultPlan } from "./faults.ts";
import type { Mishaps } from "./mishaps.ts";
import type { SimWorld } from "./world.ts";
import { SIM_SETTINGS } from "./world.ts";

/** The faults of a seed as the cluster meets them. */
export class Storm implements Mishaps {
  readonly plan: FaultPlan;
  cluster: Cluster | null = null;
  readonly outcomeOf: Mishaps["outcomeOf"];
  readonly #random: Random;
  readonly #sim: SimWorld;

  constructor(random: Random, sim: SimWorld) {
    this.#random = random;
    this.#sim = sim;
    this.plan = new FaultPlan({
      random,
      leaseMs: SIM_SETTINGS.leaseMs ?? 0,
      span: 600,
      faults: random.between(6, 14),
      now: () => sim.world.monotonicMs(),
      target: {
        crash: (node) => this.cluster?.crash(node),
        crashSoon: (node) => sim.world.soon(() => this.cluster?.crash(node)),
        freeze: (node, ms) => this.cluster?.freeze(node, ms),
        stopGracefully: (node) => sim.world.soon(() => this.cluster?.stopGracefully(node)),
        stepClock: (ms) => sim.calendar.step(ms),
      },
    });
    this.outcomeOf = (method, node) => this.plan.outcomeOf(method, node);
  }

  get isDuplicating(): boolean {
    return this.plan.isDuplicating;
  }

  boundary(node: number, point: string): void {
    this.plan.boundary(node, point);
  }

  duplicated(): void {
    this.plan.count("duplicateDelivery");
  }

  hint(): boolean {
    return this.plan.isOver || !this.#random.chance(0.3);
  }

  holdsAnswer(): boolean {
    return this.plan.holdsAnswer();
  }

  heldAnswer(): void {
    this.plan.count("answerBehindMail");
  }

  mayMisbehave(): boolean {
    return !this.plan.isOver;
  }

  shouldHang(): boolean {
    if (this.plan.isOver || !this.#random.chance(0.5)) return false;
    this.plan.count("hungActivity");
    return true;
  }

  poisoned(): void {
    this.plan.count("poison");
  }

  /** A look at the whole store in the middle of everything: what must hold always holds now. */
  glance(problems: string[]): void {
    this.#sim.store.dump().then(
      (dump) => {
        problems.push(
          ...checkDump(dump, { atRest: false, clockSlackMs: this.#sim.calendar.setBackMs }).map(
            (violation) => `in the middle: ${describeViolation(violation)}`,
          ),
        );
      },
      () => {},
    );
  }
}

/** The same, and each boundary, mishap and answer is told. */
export function traced(storm: Storm, sim: SimWorld, trace: (line: string) => void): Mishaps {
  const at = () => sim.world.monotonicMs();
  return {
    boundary: (node, point) => {
      trace(`${at()} node ${node} ${point}`);
      const before = new Map(storm.plan.counts);
      storm.boundary(node, point);
      for (const [kind, count] of storm.plan.counts) if (count !== before.get(kind)) trace(`${at()} node ${node} *** ${kind}`);
    },
    outcomeOf: (method, node) => {
      const outcome = storm.outcomeOf(method, node);
      if (outcome.kind !== "pass" && (outcome.kind !== "slow" || outcome.thereMs > 10))
        trace(`${at()} *** ${method}: ${JSON.stringify(outcome)}`);
      return outcome;
    },
    get isDuplicating() {
      return storm.isDuplicating;
    },
    duplicated: () => storm.duplicated(),
    hint: () => storm.hint(),
    holdsAnswer: () => storm.holdsAnswer(),
    heldAnswer: () => {
      trace(`${at()} *** an answer came behind mail`);
      storm.heldAnswer();
    },
    mayMisbehave: () => storm.mayMisbehave(),
    shouldHang: () => storm.shouldHang(),
    poisoned: () => storm.poisoned(),
  };
}
