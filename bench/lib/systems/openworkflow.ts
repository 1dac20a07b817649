import { createRequire } from "node:module";
import type { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { syncsFully } from "../floor.ts";
import { PEERS } from "../paths.ts";
import type { ProgramName, Run, System } from "../system.ts";
import { activities, CITIES, FAN_OUT } from "../system.ts";

// The parts of openworkflow 0.10.1 that we use, in its own words. It is not installed when we are type-checked.

interface StepApi {
  run<Output>(config: { readonly name: string }, body: () => Output): Promise<Output>;
  waitForSignal(options: { readonly signal: string }): Promise<{ readonly data: unknown } | null>;
}

type Body = (params: { readonly input: number; readonly step: StepApi; readonly run: { readonly id: string } }) => Promise<unknown>;

interface WorkflowRun {
  readonly id: string;
  readonly status: string;
  readonly output: unknown;
  readonly error: unknown;
}

interface Backend {
  completeWorkflowRun(params: { readonly workflowRunId: string }): Promise<WorkflowRun>;
  failWorkflowRun(params: { readonly workflowRunId: string }): Promise<WorkflowRun>;
  sleepWorkflowRun(params: { readonly workflowRunId: string }): Promise<WorkflowRun>;
  stop(): Promise<void>;
  readonly db: DatabaseSync;
}

interface Definition {
  run(input: number): Promise<{ readonly workflowRun: WorkflowRun }>;
}

interface Client {
  defineWorkflow(spec: { readonly name: string }, body: Body): Definition;
  newWorker(options: { readonly concurrency: number }): { start(): Promise<void>; stop(): Promise<void> };
  sendSignal(options: { readonly signal: string; readonly data: number }): Promise<{ readonly workflowRunIds: readonly string[] }>;
}

interface OpenWorkflow {
  readonly OpenWorkflow: new (options: { readonly backend: Backend }) => Client;
}

interface Sqlite {
  readonly BackendSqlite: { connect(path: string): Backend };
}

/** Openworkflow on its SQLite back end, as it comes (WAL; `synchronous` is left to SQLite), with the worker concurrency that suits it best. */
export async function openOpenWorkflow(file: string, inFlight: number): Promise<System> {
  const { OpenWorkflow } = await load<OpenWorkflow>("openworkflow");
  const { BackendSqlite } = await load<Sqlite>("openworkflow/sqlite");
  const backend = BackendSqlite.connect(file);
  const watch = new Watch(backend);
  const client = new OpenWorkflow({ backend });
  const definitions = new Map(Object.entries(programs).map(([name, body]) => [name, client.defineWorkflow({ name }, body)]));
  const worker = client.newWorker({ concurrency: concurrencyFor(inFlight) });
  await worker.start();
  return {
    fsync: syncsFully(backend.db),
    start: async (program, input) => {
      const started = await definitions.get(program)?.run(input);
      if (started === undefined) throw new Error(`openworkflow: there is no program ${program}`);
      return handle(client, watch, started.workflowRun.id);
    },
    close: async () => {
      await worker.stop();
      await backend.stop();
    },
  };
}

/** Its default of 1 would leave it idle between polls. Measured at 256 in flight, runs/s: 1: 13, 16: 187, 32: 294, 64: 282, 128: 307, 256: 256. */
const concurrencyFor = (inFlight: number): number => Math.min(inFlight, 128);

async function load<Module>(name: string): Promise<Module> {
  const resolved = createRequire(`${PEERS}/package.json`).resolve(name);
  return (await import(pathToFileURL(resolved).href)) as Module;
}

/**
 * Tells when a run has ended or sleeps, at the moment its back end has committed it. Its own `result()` asks once a second, which would
 * measure that second. The wrapper adds nothing to the path of the peer, and the output is the row that the commit gave back.
 */
class Watch {
  readonly #ended = new Map<string, PromiseWithResolvers<unknown>>();
  readonly #asleep = new Map<string, PromiseWithResolvers<void>>();

  constructor(backend: Backend) {
    const complete = backend.completeWorkflowRun.bind(backend);
    const fail = backend.failWorkflowRun.bind(backend);
    const sleep = backend.sleepWorkflowRun.bind(backend);
    backend.completeWorkflowRun = async (params) => {
      const run = await complete(params);
      this.ended(run.id).resolve(run.output);
      return run;
    };
    backend.failWorkflowRun = async (params) => {
      const run = await fail(params);
      this.ended(run.id).reject(new Error(`openworkflow: ${run.id} failed: ${JSON.stringify(run.error)}`));
      return run;
    };
    backend.sleepWorkflowRun = async (params) => {
      const run = await sleep(params);
      this.asleep(run.id).resolve();
      return run;
    };
  }

  ended(id: string): PromiseWithResolvers<unknown> {
    return getOrMake(this.#ended, id);
  }

  asleep(id: string): PromiseWithResolvers<void> {
    return getOrMake(this.#asleep, id);
  }

  forget(id: string): void {
    this.#ended.delete(id);
    this.#asleep.delete(id);
  }
}

function getOrMake<Value>(map: Map<string, PromiseWithResolvers<Value>>, id: string): PromiseWithResolvers<Value> {
  const found = map.get(id) ?? Promise.withResolvers<Value>();
  map.set(id, found);
  return found;
}

function handle(client: Client, watch: Watch, id: string): Run {
  return {
    waiting: () => watch.asleep(id).promise,
    raise: async (payload) => {
      const { workflowRunIds } = await client.sendSignal({ signal: eventOf(id), data: payload });
      if (workflowRunIds.length !== 1) throw new Error(`openworkflow: the signal for ${id} reached ${workflowRunIds.length} runs`);
    },
    result: async () => {
      const output = await watch.ended(id).promise;
      watch.forget(id);
      return output;
    },
  };
}

/** Its signals go to all workflows that wait for the name; a unique name makes it an event for one instance. */
const eventOf = (id: string): string => `go-${id}`;

const programs: Readonly<Record<ProgramName, Body>> = {
  hello: async ({ input, step }) => {
    const greetings: string[] = [];
    for (const city of CITIES) greetings.push(await step.run({ name: city }, () => activities.hello({ city, n: input })));
    return greetings;
  },
  "fan-out": async ({ input, step }) => {
    const items = Array.from({ length: FAN_OUT }, (_, index) => input + index);
    const squares = await Promise.all(items.map((item) => step.run({ name: `square ${item}` }, () => activities.square(item))));
    return squares.reduce((sum, square) => sum + square, 0);
  },
  event: async ({ step, run }) => (await step.waitForSignal({ signal: eventOf(run.id) }))?.data,
  long: async ({ input, step }) => {
    let n = 0;
    while (n < input) {
      const current = n;
      n = await step.run({ name: `tick ${current}` }, () => activities.tick(current));
    }
    return n;
  },
};
