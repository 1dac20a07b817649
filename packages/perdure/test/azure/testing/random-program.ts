import type { OrchestrationContext, Task } from "durable-functions";
import type { Random } from "../../../src/testing/random.ts";
import type { Library } from "./v3-app.ts";

/** A program of an orchestrator, as data. What it gives depends on nothing but itself: each race has a sure winner. */
export interface Program {
  readonly steps: readonly Step[];
}

export type Step =
  | { readonly do: "throw" | "call" | "caught" | "guid" | "clock" | "cancel" | "again" | "section" | "http" | "unseen" }
  | { readonly do: "retry"; readonly attempts: number; readonly succeedsAt: number }
  | { readonly do: "timer"; readonly ms: number }
  | { readonly do: "event" | "race"; readonly name: string }
  | { readonly do: "all"; readonly of: readonly Step[] }
  | { readonly do: "drain"; readonly of: readonly Step[] }
  | { readonly do: "child"; readonly program: Program; readonly retried: boolean }
  | { readonly do: "entity"; readonly operation: "add" | "get" | "fail" }
  | { readonly do: "signal" };

const NAMES = ["code", "approved", "1"];
const SINGLE = ["call", "call", "retry", "timer", "child", "http"] as const;

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
  const kinds = [
    "call",
    "caught",
    "retry",
    "timer",
    "cancel",
    "unseen",
    "all",
    "drain",
    "guid",
    "clock",
    "entity",
    "signal",
    "http",
  ] as const;
  const top = isTop ? (["event", "event", "race", "again", "child"] as const) : [];
  const kind = random.pick([...kinds, ...top, ...(shape.hasLocks && isTop ? (["section"] as const) : [])]);
  switch (kind) {
    case "event":
    case "race":
      return { do: kind, name: random.pick(NAMES) };
    case "all": // the first failure ends it, whichever that is
      return {
        do: "all",
        of: someTasks(random, { ...shape, mayThrow: false }).map((task) => (task.do === "retry" ? { ...task, succeedsAt: 1 } : task)),
      };
    case "drain":
      return { do: "drain", of: someTasks(random, shape) };
    case "entity":
      return { do: "entity", operation: random.pick(["add", "get", "fail"]) };
    case "signal":
      return { do: "signal" };
    default:
      return kind === "retry" || kind === "timer" || kind === "child" || kind === "call" || kind === "http"
        ? randomTask(random, shape, kind)
        : { do: kind };
  }
}

/** Each event is waited for once at a time: the library gives it to the last one who waits. */
function someTasks(random: Random, shape: Shape): readonly Step[] {
  const tasks = Array.from({ length: random.between(1, 4) }, () => randomTask(random, shape, random.pick(SINGLE)));
  return shape.depth === 0 && random.chance(0.4) ? [...tasks, { do: "event", name: random.pick(NAMES) }] : tasks;
}

function randomTask(random: Random, shape: Shape, kind: (typeof SINGLE)[number]): Step {
  switch (kind) {
    case "retry":
      return { do: "retry", attempts: random.between(1, 4), succeedsAt: random.between(1, 5) };
    case "timer":
      return { do: "timer", ms: random.between(0, 8_000) };
    case "child":
      if (shape.depth > 0) return { do: "call" };
      return { do: "child", program: randomProgram(random, { ...shape, hasLocks: false, depth: 1 }), retried: random.chance(0.3) };
    default:
      return { do: kind };
  }
}

/** Names of the events that a program waits for, in its order. */
export const eventsOf = ({ steps }: Program): readonly string[] =>
  steps.flatMap((step) => {
    if (step.do === "event" || step.do === "race") return [step.name];
    return step.do === "all" || step.do === "drain" ? eventsOf({ steps: step.of }) : [];
  });

interface State extends Program {
  readonly at: number;
  readonly out: readonly unknown[];
}

type Body<Out = unknown> = Generator<Task, Out, unknown>;

/** The app that runs programs. */
export function registerPrograms(df: Library): void {
  df.app.orchestration("program", function* (context): Body {
    const { steps, at = 0, out = [] } = context.df.getInput() as Program & Partial<State>;
    const results = [...out];
    for (const [index, step] of steps.entries()) {
      if (index < at) continue;
      if (step.do === "again") {
        context.df.continueAsNew({ steps, at: index + 1, out: results } satisfies State);
        return null;
      }
      results.push(yield* run(df, context, step, index));
    }
    return results;
  });
  df.app.entity("sum", (context) => {
    const before = context.df.getState(() => 0) as number;
    const { operationName } = context.df;
    if (operationName === "fail") throw new Error("asked to");
    if (operationName === "add") context.df.setState(before + (context.df.getInput() as number));
    context.df.return(operationName === "add" ? before + (context.df.getInput() as number) : before);
  });
}

function* run(df: Library, context: OrchestrationContext, step: Step, index: number): Body {
  const { df: durable } = context;
  const own = new df.EntityId("Sum", durable.instanceId);
  switch (step.do) {
    case "caught":
      return yield* caught(durable.callActivity("fail", index));
    case "guid":
    case "clock": {
      const value = step.do === "guid" ? durable.newGuid(durable.instanceId) : durable.currentUtcDateTime.toISOString();
      return (yield durable.callActivity("echo", value)) === value;
    }
    case "cancel":
    case "unseen": {
      const timer = durable.createTimer(later(context, 3_600_000));
      if (step.do === "unseen") timer.cancel();
      const call = durable.callActivity("echo", index);
      const first = yield durable.Task.any([timer, call]);
      if (step.do === "cancel") timer.cancel();
      durable.setCustomStatus({ index });
      return [first === call, timer.isCanceled];
    }
    case "race": {
      const event = durable.waitForExternalEvent(step.name);
      const timer = durable.createTimer(later(context, 86_400_000));
      yield durable.Task.any([timer, event]);
      timer.cancel();
      return event.result;
    }
    case "all":
      return yield* caught(durable.Task.all(step.of.map((one, at) => taskOf(df, context, one, 100 * index + at))));
    case "drain":
      return yield* drained(df, context, step.of, index);
    case "entity":
      return yield* caught(durable.callEntity(own, step.operation, index));
    case "signal":
      durable.signalEntity(own, "add", index);
      return "signalled";
    case "section": {
      const lock = (yield durable.lock(own, new df.EntityId("sum", "shared"))) as ReturnType<OrchestrationContext["df"]["lock"]>["result"];
      const one = yield durable.callEntity(own, "add", index);
      yield durable.callActivity("echo", one);
      const two = yield durable.callEntity(own, "get");
      (lock as unknown as { release(): void }).release();
      return [one === two, two];
    }
    case "again":
      return null;
    case "throw":
      throw new RangeError(`step ${index}`);
    default:
      return yield* caught(taskOf(df, context, step, index));
  }
}

/** All of them, in the order in which they are ready. */
function* drained(df: Library, context: OrchestrationContext, of: readonly Step[], index: number): Body {
  let open = of.map((one, at) => taskOf(df, context, one, 100 * index + at));
  const settled = new Map<Task, unknown>();
  const all = [...open];
  while (open.length > 0) {
    const first = (yield context.df.Task.any(open)) as Task;
    settled.set(first, first.isFaulted ? firstLine(first.result) : first.result);
    open = open.filter((task) => task !== first);
  }
  return all.map((task) => settled.get(task) ?? null);
}

function taskOf(df: Library, context: OrchestrationContext, step: Step, index: number): Task {
  const { df: durable } = context;
  switch (step.do) {
    case "retry": {
      const options = Object.assign(new df.RetryOptions(700, step.attempts), {
        backoffCoefficient: 1.5,
        maxRetryIntervalInMilliseconds: 1_200,
      });
      return durable.callActivityWithRetry("flaky", options, { succeedsAt: step.succeedsAt, index });
    }
    case "timer":
      return durable.createTimer(later(context, step.ms));
    case "event":
      return durable.waitForExternalEvent(step.name);
    case "child": {
      const id = index % 2 === 0 ? `${durable.instanceId}.${index}` : undefined;
      return step.retried
        ? durable.callSubOrchestratorWithRetry("program", new df.RetryOptions(500, 2), step.program, id)
        : durable.callSubOrchestrator("program", step.program, id);
    }
    case "http":
      return durable.callHttp({ method: "GET", url: `http://work.test/${index % 3}` });
    default:
      return durable.callActivity("echo", index);
  }
}

function* caught(task: Task): Body {
  try {
    return (yield task) ?? null;
  } catch (error) {
    return firstLine(error);
  }
}

const firstLine = (error: unknown): string => (error as Error).message.split("\n", 1)[0] ?? "";
const later = (context: OrchestrationContext, ms: number): Date => new Date(context.df.currentUtcDateTime.getTime() + ms);
