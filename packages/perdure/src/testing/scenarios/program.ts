import type { Random } from "../random.ts";

/** It fails so often before it succeeds: what ends by it can be rewound. */
export interface Flaw {
  readonly name: string;
  readonly times: number;
}

/** A random program over all that orchestrators can do, whose result does not depend on the order in which things come. */
export type ProgramNode =
  | { readonly kind: "call"; readonly value: number; readonly flaw?: Flaw }
  | { readonly kind: "wait"; readonly event: string; readonly value: number }
  | { readonly kind: "timer"; readonly ms: number }
  | { readonly kind: "entity"; readonly key: string; readonly value: number; readonly flaw?: Flaw }
  | { readonly kind: "signal"; readonly key: string; readonly value: number; readonly delayMs: number | null }
  | { readonly kind: "lock"; readonly keys: readonly string[]; readonly body: ProgramNode }
  | { readonly kind: "child"; readonly name: string; readonly program: Program }
  | { readonly kind: "all" | "together"; readonly branches: readonly ProgramNode[] }
  | { readonly kind: "any"; readonly value: number }
  | { readonly kind: "race"; readonly body: ProgramNode }
  | { readonly kind: "try"; readonly body: ProgramNode; readonly cleanUp: ProgramNode }
  | { readonly kind: "steps"; readonly steps: readonly ProgramNode[] };

/** One body after another, each in a generation of its own. */
export type Program = readonly ProgramNode[];

export const PROGRAM_CONSTRUCTS = [
  ...["call", "wait", "timer", "entity", "signal", "lock", "child", "all", "any", "race", "try", "steps"],
  "continue-as-new",
] as const;

/** Of programs that fail at first: what is `together` ends with the first of its branches that fails. */
export const FLAWED_CONSTRUCTS = [...PROGRAM_CONSTRUCTS, "together", "flaw"] as const;

export type ProgramValue = number | string | readonly ProgramValue[];

/** Calls and operations with such a value fail. */
export const isFailing = (value: number): boolean => value % 7 === 0;
export const FAILED = "failed";

const DEPTH = 4;
const KEYS = ["a", "b", "c"];

/** One generation of an instance, as far as it is made: its nodes are made in the order in which they run. */
interface Body {
  /**
   * A failure that ends a `together` is handled in it, so the branches beside may run on, with calls of entities that are not answered. A lock behind
   * that would be refused, by the order in which things come, and no rewind can repair that: there is none.
   */
  mayRunOn: boolean;
}

/** What may stand at a place: one section for the whole instance, so none beside a branch that could use entities. */
interface Place {
  readonly depth: number;
  readonly mayLock: boolean;
  /** The entities of the section that it is in. */
  readonly locked: readonly string[] | null;
  /** A failure is handled further up: it stays, whatever is rewound. */
  readonly isCaught: boolean;
  readonly body: Body;
}

export interface ProgramKind {
  /** Where nothing handles a failure there are none for good, but some for a time: after enough rewinds such a program completes. */
  readonly isFlawed: boolean;
}

/** Makes programs. Names of events, children and flaws are unique in each. */
export class ProgramMaker {
  readonly #random: Random;
  readonly #isFlawed: boolean;
  #names = 0;

  constructor(random: Random, { isFlawed }: ProgramKind = { isFlawed: false }) {
    this.#random = random;
    this.#isFlawed = isFlawed;
  }

  program(depth = DEPTH, isCaught = false): Program {
    const generations = this.#random.chance(0.35) ? 2 : 1;
    const place = { depth, mayLock: true, locked: null, isCaught };
    return Array.from({ length: generations }, () => this.#steps({ ...place, body: { mayRunOn: false } }));
  }

  #node(place: Place): ProgramNode {
    const inner = { ...place, depth: place.depth - 1 };
    if (place.depth <= 1 || this.#random.chance(0.25)) return this.#leaf(place);
    switch (this.#random.int(this.#isFlawed ? 7 : 6)) {
      case 0:
        return { kind: "all", branches: this.#list({ ...inner, mayLock: false, isCaught: true }) };
      case 1:
        return { kind: "race", body: this.#node(inner) };
      case 2:
        return { kind: "try", body: this.#steps(inner), cleanUp: this.#leaf(inner) };
      case 3:
        return place.locked === null
          ? { kind: "child", name: this.#name(), program: this.program(place.depth - 1, place.isCaught) }
          : this.#leaf(place);
      case 4:
        return this.#steps(inner);
      case 6:
        if (place.isCaught) place.body.mayRunOn = true;
        return { kind: "together", branches: this.#list({ ...inner, mayLock: false }) };
      default:
        return place.mayLock && !place.body.mayRunOn ? this.#lock(inner) : this.#leaf(place);
    }
  }

  #lock(inner: Place): ProgramNode {
    const keys = [...new Set([0, 1].map(() => this.#random.pick(KEYS)))];
    return { kind: "lock", keys, body: this.#steps({ ...inner, mayLock: false, locked: keys }) };
  }

  #steps(place: Place): ProgramNode {
    return { kind: "steps", steps: this.#list(place) };
  }

  #list(place: Place): readonly ProgramNode[] {
    return Array.from({ length: this.#random.between(1, 3) }, () => this.#node(place));
  }

  #leaf({ locked, isCaught }: Place): ProgramNode {
    const mayFailForGood = isCaught || !this.#isFlawed;
    const given = this.#random.between(1, 40);
    const value = isFailing(given) && !mayFailForGood ? given + 1 : given;
    const flaw = !mayFailForGood && this.#random.chance(0.25) ? { flaw: { name: this.#name(), times: this.#random.between(1, 2) } } : {};
    const open = KEYS.filter((key) => locked?.includes(key) !== true);
    switch (this.#random.int(7)) {
      case 0:
        return { kind: "call", value, ...flaw };
      case 1:
        return { kind: "wait", event: this.#name(), value };
      case 2:
        return { kind: "timer", ms: this.#random.int(150) };
      case 3:
      case 4:
        return { kind: "entity", key: this.#random.pick(locked ?? KEYS), value, ...flaw };
      case 5:
        if (open.length === 0) return { kind: "call", value };
        return { kind: "signal", key: this.#random.pick(open), value, delayMs: this.#random.chance(0.4) ? this.#random.int(200) : null };
      default:
        return { kind: "any", value };
    }
  }

  #name(): string {
    this.#names += 1;
    return `n${this.#names}`;
  }
}

/** What a program must come to: its value, or {@link FAILED}, and what it has added to each entity by then or soon after. */
export interface Expected {
  readonly output: ProgramValue;
  readonly sums: ReadonlyMap<string, number>;
}

class ProgramFailure extends Error {}

/** A plain interpreter: what the code says, without a thought of histories, messages, crashes and what fails for a time. */
export function interpret(program: Program): Expected {
  const sums = new Map<string, number>();
  return { output: outputOf(program, sums), sums };
}

function outputOf(program: Program, sums: Map<string, number>): ProgramValue {
  try {
    return program.map((body) => evaluate(body, sums));
  } catch (error) {
    if (error instanceof ProgramFailure) return FAILED;
    throw error;
  }
}

function evaluate(node: ProgramNode, sums: Map<string, number>): ProgramValue {
  switch (node.kind) {
    case "call":
    case "any":
      if (isFailing(node.value)) throw new ProgramFailure();
      return node.value;
    case "wait":
      return node.value;
    case "timer":
      return node.ms;
    case "entity":
    case "signal":
      if (!isFailing(node.value)) sums.set(node.key, (sums.get(node.key) ?? 0) + node.value);
      else if (node.kind === "entity") throw new ProgramFailure();
      return node.value;
    case "lock":
    case "race":
      return evaluate(node.body, sums);
    case "child": {
      const output = outputOf(node.program, sums);
      if (output === FAILED) throw new ProgramFailure();
      return output;
    }
    case "all":
      return node.branches.map((branch) => outputOf([branch], sums));
    case "together":
      return node.branches.map((branch) => evaluate(branch, sums));
    case "try": {
      let cleaned: ProgramValue = FAILED;
      let value: ProgramValue;
      try {
        value = evaluate(node.body, sums);
      } finally {
        cleaned = evaluate(node.cleanUp, sums);
      }
      return [value, cleaned];
    }
    case "steps":
      return node.steps.map((step) => evaluate(step, sums));
  }
}

/** Every node of a program, with the instance that runs it: `""` for the first, then the names of the children. */
export function* nodesOf(program: Program, instance = ""): Generator<{ readonly node: ProgramNode; readonly instance: string }> {
  for (const body of program) yield* below(body, instance);
}

function* below(node: ProgramNode, instance: string): Generator<{ readonly node: ProgramNode; readonly instance: string }> {
  yield { node, instance };
  if (node.kind === "child") yield* nodesOf(node.program, `${instance}-${node.name}`);
  if (node.kind === "lock" || node.kind === "race" || node.kind === "try") yield* below(node.body, instance);
  if (node.kind === "try") yield* below(node.cleanUp, instance);
  const inner = node.kind === "all" || node.kind === "together" ? node.branches : node.kind === "steps" ? node.steps : [];
  for (const one of inner) yield* below(one, instance);
}
