import { createRequire } from "node:module";
import { PEERS } from "../paths.ts";
import { syncsEveryCommit } from "../postgres/read.ts";
import type { ProgramName, Run, System } from "../system.ts";
import { activities, CITIES, EVENT_NAME, FAN_OUT } from "../system.ts";

// The parts of @dbos-inc/dbos-sdk 5.3.0 that we use, in its own words. It is not installed when we are type-checked.

interface Handle {
  readonly workflowID: string;
  getResult(): Promise<unknown>;
}

type Body = (input: number) => Promise<unknown>;

interface Logger {
  info(entry: unknown): void;
  debug(entry: unknown): void;
  warn(entry: unknown): void;
  error(entry: unknown): void;
}

interface Sdk {
  setConfig(config: {
    readonly name: string;
    readonly systemDatabaseUrl: string;
    readonly systemDatabasePoolSize: number;
    readonly applicationVersion: string;
    readonly logger: Logger;
    readonly serializer: { name(): string; parse(text: string | null | undefined): unknown; stringify(value: unknown): string };
  }): void;
  launch(): Promise<void>;
  shutdown(): Promise<void>;
  registerWorkflow(body: Body, config: { readonly name: string }): Body;
  startWorkflow(workflow: Body): (input: number) => Promise<Handle>;
  runStep<Output>(body: () => Promise<Output>, config: { readonly name: string }): Promise<Output>;
  recv(topic: string, options: number): Promise<unknown>;
  send(workflowId: string, message: unknown, topic: string): Promise<void>;
  readonly workflowID: string | undefined;
}

/** Its default is 10. Tried at 256 in flight on a busy machine, runs/s: 10: 134, 20: 184, 50: 128; with its own serializer 20: 128. */
const POOL_SIZE = 20;
const PATIENCE_SECONDS = 600;

/** It would print lines of its own; errors reach us as rejections. */
const SILENT: Logger = { info: () => {}, debug: () => {}, warn: () => {}, error: () => {} };

/** All inputs and outputs here are plain JSON; its default also writes types beside the values. */
const JSON_SERIALIZER = {
  name: () => "json",
  parse: (text: string | null | undefined): unknown => (text === null || text === undefined ? text : JSON.parse(text)),
  stringify: (value: unknown): string => JSON.stringify(value) ?? "null",
};

/** @dbos-inc/dbos-sdk, started from the process that runs the workflow: the result is in the caller's hands without a look at the database. */
export async function openDbos(databaseUrl: string): Promise<System> {
  const { DBOS } = createRequire(`${PEERS}/package.json`)("@dbos-inc/dbos-sdk") as { readonly DBOS: Sdk };
  DBOS.setConfig({
    name: "bench",
    systemDatabaseUrl: databaseUrl,
    systemDatabasePoolSize: POOL_SIZE,
    applicationVersion: "1",
    logger: SILENT,
    serializer: JSON_SERIALIZER,
  });
  const waits = new Waits();
  const workflows = new Map(Object.entries(programs(DBOS, waits)).map(([name, body]) => [name, DBOS.registerWorkflow(body, { name })]));
  await DBOS.launch();
  return {
    fsync: await syncsEveryCommit(databaseUrl),
    start: async (program, input) => {
      const workflow = workflows.get(program);
      if (workflow === undefined) throw new Error(`dbos: there is no program ${program}`);
      return runOf(DBOS, waits, await DBOS.startWorkflow(workflow)(input));
    },
    close: () => DBOS.shutdown(),
  };
}

/** Tells when a workflow has come to its `recv`, which leaves no trace of its own before the message is there. */
class Waits {
  readonly #reached = new Map<string, PromiseWithResolvers<void>>();

  of(id: string): PromiseWithResolvers<void> {
    const found = this.#reached.get(id) ?? Promise.withResolvers<void>();
    this.#reached.set(id, found);
    return found;
  }

  forget(id: string): void {
    this.#reached.delete(id);
  }
}

function runOf(dbos: Sdk, waits: Waits, handle: Handle): Run {
  return {
    waiting: () => waits.of(handle.workflowID).promise,
    raise: (payload) => dbos.send(handle.workflowID, payload, EVENT_NAME),
    result: async () => {
      const output = await handle.getResult();
      waits.forget(handle.workflowID);
      return output;
    },
  };
}

function programs(dbos: Sdk, waits: Waits): Readonly<Record<ProgramName, Body>> {
  return {
    hello: async (n) => {
      const greetings: string[] = [];
      for (const city of CITIES) greetings.push(await dbos.runStep(async () => activities.hello({ city, n }), { name: city }));
      return greetings;
    },
    "fan-out": async (base) => {
      const items = Array.from({ length: FAN_OUT }, (_, index) => base + index);
      const squares = await Promise.all(items.map((item) => dbos.runStep(async () => activities.square(item), { name: "square" })));
      return squares.reduce((sum, square) => sum + square, 0);
    },
    event: async () => {
      waits.of(dbos.workflowID ?? "").resolve();
      return await dbos.recv(EVENT_NAME, PATIENCE_SECONDS);
    },
    long: async (count) => {
      let n = 0;
      while (n < count) {
        const current = n;
        n = await dbos.runStep(async () => activities.tick(current), { name: "tick" });
      }
      return n;
    },
  };
}
