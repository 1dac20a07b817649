import type { Random } from "../../../src/testing/random.ts";

/** A program of an orchestrator, as data. What it gives depends on nothing but itself: each race has a sure winner. */
export interface Program {
  readonly steps: readonly Step[];
}

export type Step =
  | { readonly do: "throw" | "call" | "caught" | "guid" | "clock" | "cancel" | "again" | "section" | "http" | "unseen" | "signal" }
  | { readonly do: "retry"; readonly attempts: number; readonly succeedsAt: number }
  | { readonly do: "timer"; readonly ms: number }
  | { readonly do: "event" | "race"; readonly name: string }
  | { readonly do: "early"; readonly name: string; readonly count: number }
  | { readonly do: "all" | "drain" | "nested"; readonly of: readonly Step[] }
  | { readonly do: "child"; readonly program: Program; readonly retried: boolean }
  | { readonly do: "entity"; readonly operation: Operation };

export type Operation = "add" | "get" | "delete" | "fail";

const NAMES = ["code", "approved", "1"];
const SINGLE = ["call", "call", "retry", "timer", "child", "http", "entity"] as const;
const COMMON = ["call", "caught", "retry", "timer", "cancel", "unseen", "guid", "clock", "entity", "signal", "http"] as const;
const MANY = ["all", "drain", "nested"] as const;
const TOP = ["event", "event", "race", "early", "again", "again", "child"] as const;
const LOCKING = ["section", "section"] as const;

export interface Shape {
  readonly hasLocks: boolean;
  readonly depth: number;
  readonly mayThrow: boolean;
}

export function randomProgram(random: Random, shape: Shape): Program {
  const steps = Array.from({ length: random.between(2, 7) }, () => randomStep(random, shape));
  return { steps: shape.mayThrow && random.chance(0.3) ? [...steps, { do: "throw" }] : steps };
}

function randomStep(random: Random, shape: Shape): Step {
  const isTop = shape.depth === 0;
  const kind = random.pick([...COMMON, ...MANY, ...(isTop ? TOP : []), ...(isTop && shape.hasLocks ? LOCKING : [])]);
  switch (kind) {
    case "event":
    case "race":
      return { do: kind, name: random.pick(NAMES) };
    case "early":
      return { do: kind, name: random.pick(NAMES), count: random.between(2, 4) };
    case "all": // the first failure ends it, whichever that is
    case "nested":
      return { do: kind, of: someTasks(random, { ...shape, mayThrow: false }) };
    case "drain":
      return { do: kind, of: someTasks(random, shape) };
    default:
      return randomTask(random, shape, kind);
  }
}

/** Each event is waited for once at a time: the library gives it to the last one who waits. */
function someTasks(random: Random, shape: Shape): readonly Step[] {
  const tasks = Array.from({ length: random.between(1, 4) }, () => randomTask(random, shape, random.pick(SINGLE)));
  return shape.depth === 0 && random.chance(0.4) ? [...tasks, { do: "event", name: random.pick(NAMES) }] : tasks;
}

type Plain = (typeof COMMON | typeof SINGLE | typeof LOCKING)[number] | "again";

function randomTask(random: Random, shape: Shape, kind: Plain): Step {
  switch (kind) {
    case "retry":
      return { do: kind, attempts: random.between(1, 4), succeedsAt: shape.mayThrow ? random.between(1, 5) : 1 };
    case "timer":
      return { do: kind, ms: random.between(0, 8_000) };
    case "entity":
      return { do: kind, operation: random.pick(["add", "add", "get", "delete", ...(shape.mayThrow ? (["fail", "fail"] as const) : [])]) };
    case "child":
      if (shape.depth > 0) return { do: "call" };
      return { do: kind, program: randomProgram(random, { ...shape, hasLocks: false, depth: 1 }), retried: random.chance(0.3) };
    default:
      return { do: kind };
  }
}

const within = (step: Step): readonly Step[] => (step.do === "child" ? step.program.steps : "of" in step ? step.of : []);

/** All steps of a program, with those inside others. */
export const stepsOf = ({ steps }: Program): readonly Step[] => steps.flatMap((step) => [step, ...stepsOf({ steps: within(step) })]);

/** Names of the events that a program waits for, in its order. */
export const eventsOf = ({ steps }: Program): readonly string[] =>
  steps.flatMap((step) => {
    if (step.do === "event" || step.do === "race") return [step.name];
    if (step.do === "early") return Array<string>(step.count).fill(step.name);
    return step.do === "child" ? [] : eventsOf({ steps: within(step) });
  });
