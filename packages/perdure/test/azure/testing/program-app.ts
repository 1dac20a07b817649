import type { OrchestrationContext, Task } from "durable-functions";
import type { Operation, Program, Step } from "./random-program.ts";
import type { Library } from "./v3-app.ts";

interface State extends Program {
  readonly at: number;
  readonly out: readonly unknown[];
}

type Body<Out = unknown> = Generator<Task, Out, unknown>;

export interface ProgramWorld {
  /** Of the server that `callHttp` asks. */
  readonly origin: string;
  /** Of timers and pauses between attempts: 1 is as the program says. */
  readonly pace: number;
}

const DAY_MS = 86_400_000;

/** The orchestrator that runs programs, and the entity that they use. */
export function registerPrograms(df: Library, world: ProgramWorld = { origin: "http://work.test", pace: 1 }): void {
  df.app.orchestration("program", function* (context): Body {
    const { steps, at = 0, out = [] } = context.df.getInput() as Program & Partial<State>;
    const results = [...out];
    const run = new Run(df, world, context);
    for (const [index, step] of steps.entries()) {
      if (index < at) continue;
      if (step.do === "again") {
        context.df.continueAsNew({ steps, at: index + 1, out: results } satisfies State);
        return null;
      }
      results.push(shown(yield* run.step(step, index)));
    }
    return results;
  });
  df.app.entity("sum", (context) => {
    const before = context.df.getState(() => 0) as number;
    const operation = context.df.operationName as Operation;
    if (operation === "fail") throw new Error("asked to");
    if (operation === "delete") context.df.destructOnExit();
    const after = operation === "add" ? before + (context.df.getInput() as number) : before;
    if (operation === "add") context.df.setState(after);
    context.df.return(after);
  });
}

class Run {
  readonly #df: Library;
  readonly #world: ProgramWorld;
  readonly #durable: OrchestrationContext["df"];

  constructor(df: Library, world: ProgramWorld, context: OrchestrationContext) {
    this.#df = df;
    this.#world = world;
    this.#durable = context.df;
  }

  *step(step: Step, index: number): Body {
    const durable = this.#durable;
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
        const timer = durable.createTimer(this.#later(DAY_MS));
        if (step.do === "unseen") timer.cancel();
        const call = durable.callActivity("echo", index);
        const first = yield durable.Task.any([timer, call]);
        if (step.do === "cancel") timer.cancel();
        durable.setCustomStatus({ index });
        return [first === call, timer.isCanceled];
      }
      case "race":
        return yield* this.#beforeTimer(durable.waitForExternalEvent(step.name));
      case "early":
        return yield* this.#early(step.name, step.count, index);
      case "all":
        return yield* caught(durable.Task.all(this.#tasks(step.of, index)));
      case "nested":
        return yield* this.#beforeTimer(durable.Task.all(this.#tasks(step.of, index)));
      case "drain":
        return yield* this.#drained(this.#tasks(step.of, index));
      case "signal":
        durable.signalEntity(this.#own, "add", index);
        return "signalled";
      case "section":
        return yield* this.#section(index);
      case "again":
        return null;
      case "throw":
        throw new RangeError(`step ${index}`);
      default:
        return yield* caught(this.#task(step, index));
    }
  }

  get #own() {
    return new this.#df.EntityId("Sum", this.#durable.instanceId);
  }

  *#beforeTimer(task: Task): Body {
    const timer = this.#durable.createTimer(this.#later(DAY_MS));
    const first = yield this.#durable.Task.any([timer, task]);
    timer.cancel();
    return [first === task, task.result];
  }

  /** They may come while the activity runs. */
  *#early(name: string, count: number, index: number): Body {
    yield this.#durable.callActivity("echo", index);
    const got: unknown[] = [];
    while (got.length < count) got.push(yield this.#durable.waitForExternalEvent(name));
    return got;
  }

  *#section(index: number): Body {
    const durable = this.#durable;
    const lock = (yield durable.lock(this.#own, new this.#df.EntityId("sum", "shared"))) as { release(): void };
    const one = yield durable.callEntity(this.#own, "add", index);
    yield durable.callActivity("echo", one);
    const two = yield durable.callEntity(this.#own, "get");
    const { isLocked } = durable.isLocked();
    lock.release();
    return [one === two, two, isLocked, durable.isLocked().isLocked];
  }

  /** All of them, in the order in which they are ready. */
  *#drained(all: readonly Task[]): Body {
    let open = [...all];
    const settled = new Map<Task, unknown>();
    while (open.length > 0) {
      const first = (yield this.#durable.Task.any(open)) as Task;
      settled.set(first, first.isFaulted ? firstLine(first.result) : first.result);
      open = open.filter((task) => task !== first);
    }
    return all.map((task) => settled.get(task) ?? null);
  }

  #tasks(of: readonly Step[], index: number): Task[] {
    return of.map((one, at) => this.#task(one, 100 * index + at));
  }

  #task(step: Step, index: number): Task {
    const durable = this.#durable;
    const { origin, pace } = this.#world;
    switch (step.do) {
      case "retry": {
        const { attempts, succeedsAt } = step;
        const options = Object.assign(new this.#df.RetryOptions(700 * pace, attempts), {
          backoffCoefficient: 1.5,
          maxRetryIntervalInMilliseconds: 1_200 * pace,
        });
        return durable.callActivityWithRetry("flaky", options, { attempts, succeedsAt, index, of: durable.instanceId } satisfies Flaky);
      }
      case "timer":
        return durable.createTimer(this.#later(step.ms * pace));
      case "event":
        return durable.waitForExternalEvent(step.name);
      case "child": {
        const id = index % 2 === 0 ? `${durable.instanceId}.${index}` : undefined;
        return step.retried
          ? durable.callSubOrchestratorWithRetry("program", new this.#df.RetryOptions(500 * pace, 2), step.program, id)
          : durable.callSubOrchestrator("program", step.program, id);
      }
      case "http":
        return durable.callHttp({ method: "GET", url: `${origin}/${index % 3}` });
      case "entity":
        return durable.callEntity(this.#own, step.operation, index);
      default:
        return durable.callActivity("echo", index);
    }
  }

  #later(ms: number): Date {
    return new Date(this.#durable.currentUtcDateTime.getTime() + ms);
  }
}

/** What the activity `flaky` is given. */
export interface Flaky {
  readonly attempts: number;
  readonly succeedsAt: number;
  readonly index: number;
  readonly of: string;
}

function* caught(task: Task): Body {
  try {
    return (yield task) ?? null;
  } catch (error) {
    return firstLine(error);
  }
}

/** Of an answer of `callHttp` what every server answers. */
function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null || !("statusCode" in value)) return value;
  const { statusCode, content } = value as { readonly statusCode: number; readonly content: string };
  return { statusCode, content };
}

const firstLine = (error: unknown): string => (error as Error).message.split("\n", 1)[0] ?? "";
