import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogEntry } from "perdure";
import { activity, orchestrator, TaskHub } from "perdure";
import { openPostgresStore } from "../../src/stores/postgres/open-postgres.ts";
import { checkDump } from "../../src/testing/invariants/check-dump.ts";
import { describeViolation } from "../../src/testing/invariants/invariant.ts";
import type { FreshDatabase } from "../../src/testing/postgres/databases.ts";
import { freshDatabase } from "../../src/testing/postgres/databases.ts";
import type { PostgresProxy } from "../../src/testing/postgres/proxy.ts";
import { openPostgresProxy } from "../../src/testing/postgres/proxy.ts";
import { sharedPostgres, TEST_SERVERS } from "../../src/testing/postgres/shared-server.ts";

/** Long against a wake-up that arrives, short against the patience of a reader. */
const POLL_MS = 400;
/** A wait asks the store so often by itself. */
const WAIT_LOOKS_MS = 250;
/** Two busy cores: what is due comes so late at most. */
const SLACK_MS = 400;
const ROUNDS = 5;
const LIMIT_MS = 10_000;

const PATHS = ["a start", "a client's event", "an orchestration's event", "the answer to a wait"] as const;
type Path = (typeof PATHS)[number];
type Latencies = Readonly<Record<Path, readonly number[]>>;

/** When what was sent off has arrived in the other task hub, by its number. */
class Arrivals {
  readonly #waiting = new Map<number, () => void>();
  #last = 0;

  /** How long it takes until `arrived` is called with the number that `send` is given, ms. */
  async latencyOf(send: (n: number) => Promise<unknown>): Promise<number> {
    this.#last += 1;
    const n = this.#last;
    const { promise, resolve } = Promise.withResolvers<number>();
    const began = performance.now();
    this.#waiting.set(n, () => resolve(performance.now() - began));
    await send(n);
    return Promise.race([promise, sleep(LIMIT_MS, null, { ref: false }).then(() => assert.fail(`${n} has not arrived`))]);
  }

  arrived(n: number): void {
    this.#waiting.get(n)?.();
  }
}

/** Two task hubs that share nothing but the database: `there` works for `here`, which has a worker too, for the orchestration that sends. */
interface Pair {
  readonly here: TaskHub;
  readonly there: TaskHub;
  readonly arrivals: Arrivals;
}

const sends = orchestrator("sends", (ctx, n: number) => ctx.raiseEvent("listener", "Ping", n));

async function openPair(url: string, log: LogEntry[]): Promise<Pair> {
  const arrivals = new Arrivals();
  const arrive = activity("arrive", (n: number) => arrivals.arrived(n));
  const begins = orchestrator("begins", (ctx, n: number) => ctx.callActivity(arrive, n));
  const listens = orchestrator("listens", async (ctx) => {
    for (;;) await ctx.callActivity(arrive, await ctx.waitForExternalEvent<number>("Ping"));
  });
  const common = { engine: { pollEveryMs: POLL_MS }, log: { enabled: () => true, write: (entry: LogEntry) => log.push(entry) } };
  const there = await TaskHub.open(url, { ...common, functions: [arrive, begins, listens] });
  const here = await TaskHub.open(url, { ...common, functions: [sends] });
  await Promise.all([here.start(), there.start()]);
  return { here, there, arrivals };
}

/** Each of the ways on which one process has to hear of another, so many times; all ways at once, since most of it is waiting. */
async function measure({ here, arrivals }: Pair): Promise<Latencies> {
  const once: Readonly<Record<Path, () => Promise<number>>> = {
    "a start": () => arrivals.latencyOf((n) => here.client.startNew("begins", { input: n })),
    "a client's event": () => arrivals.latencyOf((n) => here.client.raiseEvent("listener", "Ping", n)),
    "an orchestration's event": () => arrivals.latencyOf((n) => here.client.startNew("sends", { input: n })),
    "the answer to a wait": async () => {
      const run = await here.client.startNew("begins", { input: 0 });
      const began = performance.now();
      await run.result({ timeout: `${LIMIT_MS}ms` });
      return performance.now() - began;
    },
  };
  const several = async (path: Path): Promise<readonly [Path, readonly number[]]> => {
    const taken: number[] = [];
    while (taken.length < ROUNDS) taken.push(await once[path]());
    return [path, taken];
  };
  return Object.fromEntries(await Promise.all(PATHS.map(several))) as Latencies;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const shown = (latencies: Latencies): string => PATHS.map((path) => `${path} ${latencies[path].map(Math.round).join(" ")}`).join("; ");

function assertPrompt(latencies: Latencies, when: string): void {
  for (const path of PATHS) assert.ok(median(latencies[path]) < POLL_MS / 2, `${when} (ms): ${shown(latencies)}`);
}

function assertPolled(latencies: Latencies): void {
  const said = `without wake-ups (ms): ${shown(latencies)}`;
  for (const path of PATHS) {
    const limit = POLL_MS + (path === "the answer to a wait" ? WAIT_LOOKS_MS : 0) + SLACK_MS;
    assert.ok(Math.max(...latencies[path]) < limit, said);
  }
  assert.ok(median(latencies["a start"]) > POLL_MS / 2, `they made no difference: ${said}`);
}

async function openField(t: TestContext): Promise<{ readonly proxy: PostgresProxy; readonly database: FreshDatabase }> {
  const server = await sharedPostgres(TEST_SERVERS.at(-1) ?? "18");
  const database = await freshDatabase(server);
  const proxy = await openPostgresProxy(server.url);
  t.after(() => proxy.close().then(() => database.drop()));
  return { proxy, database };
}

test("wake-ups between processes are prompt; swallowed, one poll later nothing sticks; then they are prompt again", async (t) => {
  const { proxy, database } = await openField(t);
  const log: LogEntry[] = [];
  const pair = await openPair(proxy.url(database.url), log);
  try {
    await pair.here.client.startNew("listens", { instanceId: "listener" });
    await measure(pair); // connections and plans are made
    const before = await measure(pair);
    proxy.swallowsNotifications = true;
    const { passed } = proxy.notifications;
    const during = await measure(pair);
    assert.equal(proxy.notifications.passed, passed);
    proxy.swallowsNotifications = false;
    const after = await measure(pair);
    t.diagnostic(`before: ${shown(before)}`);
    t.diagnostic(`swallowed: ${shown(during)}`);
    t.diagnostic(`after: ${shown(after)}`);

    assertPrompt(before, "with wake-ups");
    assert.ok(proxy.notifications.swallowed > 0, "none was swallowed");
    assertPolled(during);
    assertPrompt(after, "with wake-ups again");
    await pair.here.client.terminate("listener");
    await pair.here.client.waitForCompletion("listener", { timeout: `${LIMIT_MS}ms` });
  } finally {
    await Promise.all([pair.here.close(), pair.there.close()]);
  }
  assert.deepEqual(
    log.filter(({ level }) => level === "warn" || level === "error").map(({ message }) => message),
    [],
  );
  const store = await openPostgresStore({ url: database.url });
  try {
    const { repaired } = await store.sweep();
    assert.equal(repaired, 0, "instances slept with mail in the box");
    assert.deepEqual(checkDump(await store.dump(), { atRest: true }).map(describeViolation), []);
  } finally {
    await store.close();
  }
});
