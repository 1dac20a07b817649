import { createRequire } from "node:module";
import { PEERS } from "../paths.ts";
import type { ProgramName, Run, System } from "../system.ts";
import { activities, CITIES, EVENT_NAME, FAN_OUT } from "../system.ts";

// The parts of @microsoft/durabletask-js 0.4.0 that we use. It is not installed when we are type-checked.

interface Task {
  readonly isComplete: boolean;
}

interface Context {
  callActivity(name: string, input: unknown): Task;
  waitForExternalEvent(name: string): Task;
}

type Orchestrator = (context: Context, input: number) => AsyncGenerator<Task, unknown, unknown>;

interface Worker {
  addNamedOrchestrator(name: string, body: Orchestrator): string;
  addNamedActivity(name: string, body: (context: unknown, input: never) => unknown): string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface State {
  readonly serializedOutput?: string;
  readonly failureDetails?: { readonly message: string };
}

interface Client {
  scheduleNewOrchestration(name: string, input: unknown): Promise<string>;
  waitForOrchestrationStart(id: string, fetchPayloads: boolean, timeoutSeconds: number): Promise<State | undefined>;
  waitForOrchestrationCompletion(id: string, fetchPayloads: boolean, timeoutSeconds: number): Promise<State | undefined>;
  raiseOrchestrationEvent(id: string, name: string, data: unknown): Promise<void>;
}

interface DurableTask {
  readonly InMemoryOrchestrationBackend: new (maxHistorySize: number) => unknown;
  readonly TestOrchestrationClient: new (backend: unknown) => Client;
  readonly TestOrchestrationWorker: new (backend: unknown) => Worker;
  readonly ConsoleLogger: { readonly prototype: { logEvent(): void } };
  whenAll(tasks: readonly Task[]): Task;
}

/** Its default of 10,000 events would refuse `long-history`. */
const MAX_HISTORY = 1_000_000;
/** Its way to say "no timeout": it then also needs no timer per wait. */
const NO_TIMEOUT = 0;

/** @microsoft/durabletask-js on its in-memory backend: it persists nothing, and pays for no disk. */
export async function openDurableTask(): Promise<System> {
  const durableTask = createRequire(`${PEERS}/package.json`)("@microsoft/durabletask-js") as DurableTask;
  silence(durableTask);
  const backend = new durableTask.InMemoryOrchestrationBackend(MAX_HISTORY);
  const worker = new durableTask.TestOrchestrationWorker(backend);
  const client = new durableTask.TestOrchestrationClient(backend);
  for (const [name, body] of Object.entries(programs(durableTask))) worker.addNamedOrchestrator(name, body);
  for (const [name, body] of Object.entries(activities)) {
    worker.addNamedActivity(name, (_context: unknown, input: never) => body(input));
  }
  await worker.start();
  return {
    fsync: null,
    start: async (program, input) => handle(client, await client.scheduleNewOrchestration(program, input)),
    close: () => worker.stop(),
  };
}

/** It writes some ten lines to the console per episode, which its test worker cannot be told not to; that would measure the console. */
function silence({ ConsoleLogger }: DurableTask): void {
  ConsoleLogger.prototype.logEvent = () => {};
}

function handle(client: Client, id: string): Run {
  return {
    waiting: async () => {
      await client.waitForOrchestrationStart(id, false, NO_TIMEOUT);
    },
    raise: (payload) => client.raiseOrchestrationEvent(id, EVENT_NAME, payload),
    result: async () => {
      const state = await client.waitForOrchestrationCompletion(id, true, NO_TIMEOUT);
      if (state?.serializedOutput === undefined)
        throw new Error(`durabletask-js: ${id} failed: ${state?.failureDetails?.message ?? "no output"}`);
      return JSON.parse(state.serializedOutput) as unknown;
    },
  };
}

function programs({ whenAll }: DurableTask): Readonly<Record<ProgramName, Orchestrator>> {
  return {
    async *hello(context, n) {
      const greetings: unknown[] = [];
      for (const city of CITIES) greetings.push(yield context.callActivity("hello", { city, n }));
      return greetings;
    },
    async *"fan-out"(context, base) {
      const tasks = Array.from({ length: FAN_OUT }, (_, index) => context.callActivity("square", base + index));
      const squares = (yield whenAll(tasks)) as readonly number[];
      return squares.reduce((sum, square) => sum + square, 0);
    },
    async *event(context) {
      return yield context.waitForExternalEvent(EVENT_NAME);
    },
    async *long(context, count) {
      let n = 0;
      while (n < count) n = (yield context.callActivity("tick", n)) as number;
      return n;
    },
  };
}
