import { extname } from "node:path";
import type { DurableClient, RegisteredFunction, TaskHubOptions } from "perdure";
import { activity, orchestrator, TaskHub } from "perdure";
import type { Executor } from "../../../packages/perdure/src/model/executor.ts";
import type { SqliteStore } from "../../../packages/perdure/src/stores/sqlite/sqlite-store.ts";
import { fileOf } from "../paths.ts";
import type { ProgramName, Run, System } from "../system.ts";
import { activities, CITIES, EVENT_NAME, FAN_OUT, runOnce } from "../system.ts";

// The programs, as a user of the native API writes them.

export const sayHello = activity("sayHello", activities.hello);
export const square = activity("square", activities.square);
export const tick = activity("tick", activities.tick);

export const hello = orchestrator("hello", async (ctx, n: number) => {
  const greetings: string[] = [];
  for (const city of CITIES) greetings.push(await ctx.callActivity(sayHello, { city, n }));
  return greetings;
});

export const fanOut = orchestrator("fan-out", async (ctx, base: number) => {
  const items = Array.from({ length: FAN_OUT }, (_, index) => base + index);
  const squares = await Promise.all(items.map((item) => ctx.callActivity(square, item)));
  return squares.reduce((sum, value) => sum + value, 0);
});

export const event = orchestrator("event", async (ctx, _n: number) => await ctx.waitForExternalEvent<number>(EVENT_NAME));

export const long = orchestrator("long", async (ctx, count: number) => {
  let n = 0;
  while (n < count) n = await ctx.callActivity(tick, n);
  return n;
});

/** Sleeps until `dueAt` (ms since 1970), then answers with its own number. */
export const sleeper = orchestrator("sleeper", async (ctx, input: { readonly n: number; readonly dueAt: number }) => {
  await ctx.createTimer(new Date(input.dueAt));
  return input.n;
});

const programs = { hello, "fan-out": fanOut, event, long } as const satisfies Readonly<Record<ProgramName, unknown>>;

export interface HubOptions {
  readonly storeUrl: string;
  readonly commitDelayMs?: number;
  /** Terminal instances older than this go; absent: the product's default. */
  readonly retentionMs?: number;
  /** What the worker can run; absent: all programs. */
  readonly functions?: readonly RegisteredFunction[];
  /** Where it runs; absent: in this process. */
  readonly executor?: Executor;
  /** Who looks on. */
  readonly options?: Pick<TaskHubOptions, "metrics" | "traces">;
}

const ALL_FUNCTIONS: readonly RegisteredFunction[] = [hello, fanOut, event, long, sleeper, sayHello, square, tick];

export interface OpenedHub {
  readonly hub: TaskHub;
  /** What is on disk when a commit is answered, as the open database says. Null: nothing is on disk. */
  readonly fsync: boolean | null;
}

/** A hub with its worker running, all settings as a user gets them except those that the options name. `opened`: before its worker starts. */
export async function openHub(options: HubOptions, opened: (hub: TaskHub) => void = () => {}): Promise<OpenedHub> {
  const { storeUrl, commitDelayMs = 0, retentionMs, functions = ALL_FUNCTIONS, executor, options: observers } = options;
  const sqlite = storeUrl.startsWith("file:") ? await openSqlite(fileOf(storeUrl), commitDelayMs) : null;
  const hub = await TaskHub.open(storeUrl, {
    functions,
    ...(sqlite === null ? {} : { store: sqlite }),
    ...(sqlite === null && commitDelayMs > 0 ? { commitDelayMs } : {}),
    ...(retentionMs === undefined ? {} : { retention: { milliseconds: retentionMs } }),
    ...(executor === undefined ? {} : { executor }),
    ...observers,
  });
  opened(hub);
  await hub.start();
  return { hub, fsync: sqlite === null ? await readServerFsync(storeUrl) : await readFsync(sqlite) };
}

async function readServerFsync(storeUrl: string): Promise<boolean | null> {
  if (storeUrl === "memory:") return null;
  const { syncsEveryCommit } = await import("../postgres/read.ts");
  return await syncsEveryCommit(storeUrl);
}

/**
 * The store that `TaskHub.open` opens for a file, with the same settings: opened here because its connection is asked what it does on a
 * commit, which a hub does not tell. Taken from beside whatever `perdure` is in this process, sources or dist.
 */
async function openSqlite(path: string, commitDelayMs: number): Promise<SqliteStore> {
  const entry = import.meta.resolve("perdure");
  const file = new URL(`./stores/sqlite/sqlite-store${extname(entry)}`, entry);
  const { openSqliteStore } = (await import(file.href)) as typeof import("../../../packages/perdure/src/stores/sqlite/sqlite-store.ts");
  return await openSqliteStore({ path, commitDelayMs });
}

/** As the writer's open connection answers: `synchronous` FULL (2) or EXTRA (3) and a journal on disk. */
async function readFsync(store: SqliteStore): Promise<boolean> {
  const { synchronous, journalMode } = await store.pragmas();
  return synchronous >= 2 && journalMode !== "off" && journalMode !== "memory";
}

export const openPerdure = async (options: HubOptions): Promise<System> => systemOf(await openHub(options));

export const systemOf = ({ hub, fsync }: OpenedHub): System => ({
  fsync,
  start: (program, input) => startOn(hub, program, input),
  close: () => hub.close(),
});

async function startOn(hub: TaskHub, program: ProgramName, input: number): Promise<Run> {
  const run = await hub.client.startNew(programs[program].name, { input });
  return {
    waiting: async () => {
      await hub.client.waitForStart(run.instanceId);
    },
    raise: (payload) => run.raiseEvent(EVENT_NAME, payload),
    result: () => run.result(),
  };
}

/** One orchestration `hello` from start to its checked result. */
export const helloOnce = (hub: TaskHub, n: number): Promise<void> =>
  runOnce({ start: (program, input) => startOn(hub, program, input) }, "hello", n);

/** Instances that failed, were stopped or are still open. */
export async function notCompleted(client: DurableClient, exceptId?: string): Promise<number> {
  let count = 0;
  for await (const { instanceId } of client.query({ runtimeStatus: ["Pending", "Running", "Suspended", "Failed", "Terminated"] })) {
    if (instanceId !== exceptId) count += 1;
  }
  return count;
}

/** Whether any instance is not terminal: one row at most is read. */
export async function anyUnfinished(hub: TaskHub): Promise<boolean> {
  for await (const _status of hub.client.query({ runtimeStatus: ["Running", "Pending"], pageSize: 1 })) return true;
  return false;
}

export async function* sleeperResults(hub: TaskHub): AsyncGenerator<{ readonly runtimeStatus: string; readonly output: unknown }> {
  for await (const status of hub.client.query({ pageSize: 1_000 })) {
    if (status.name === sleeper.name) yield { runtimeStatus: status.runtimeStatus, output: status.output };
  }
}
