import { entity, orchestrator, TaskHub } from "perdure";
import { childArgument, runChild, tellParent } from "../lib/child.ts";
import { rssMiB, runClosedLoop } from "../lib/load.ts";
import type { Latencies } from "../lib/stats.ts";
import { latenciesOf } from "../lib/stats.ts";

/** `signals`: a client signals so many entities. `calls`: an orchestration calls one entity so many times in a row. `transfers`: one moves money between two of so many locked accounts. */
export interface EntityLoad {
  readonly storeUrl: string;
  readonly load: "signals" | "calls" | "transfers";
  /** Of entities, of calls in a row, or of accounts: one turn for each. */
  readonly sizes: readonly number[];
  readonly inFlight: number;
  readonly secondsOfTurn: number;
}

export interface EntityTurn extends Latencies {
  readonly perSecond: number;
}

export interface EntitiesDone {
  /** One for each size. */
  readonly turns: readonly EntityTurn[];
  readonly rssMiB: number;
}

const WARM_UP_MS = 2_000;
const BALANCE = 1_000_000;

const account = entity("account", {
  initialState: () => BALANCE,
  operations: {
    add: (ctx, amount: number) => {
      ctx.state += amount;
      return ctx.state;
    },
    get: (ctx) => ctx.state,
  },
});
const calls = orchestrator("calls", async (ctx, count: number) => {
  const { call } = ctx.entity(account, "called");
  let last = 0;
  for (let n = 0; n < count; n++) last = await call.add(1);
  return last;
});
interface Move {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}
const transfer = orchestrator("transfer", async (ctx, { from, to, amount }: Move) => {
  using lock = await ctx.lock(account.id(from), account.id(to));
  const [source, target] = lock.entities;
  await source.call.add(-amount);
  await target.call.add(amount);
});
const sumOf = orchestrator("sumOf", async (ctx, keys: readonly string[]) => {
  const balances = await ctx.map(keys, (key) => ctx.entity(account, key).call.get(), { concurrency: 100 });
  return balances.reduce((sum, balance) => sum + balance, 0);
});

type Once = (hub: TaskHub, size: number) => (n: number) => Promise<void>;

/** By signals, in this turn. */
let added = 0;

const oneSignal: Once = (hub, entities) => async (n) => {
  await hub.client.entity(account, keyOf(entities, n % entities)).signal.add(1);
  added += 1;
};

const oneCaller: Once = (hub, count) => async () => {
  const run = await hub.client.startNew(calls, { input: count });
  const last = await run.result();
  if (count > 0 && last <= BALANCE) throw new Error(`the calls gave ${last}`);
};

const oneTransfer: Once = (hub, accounts) => async (n) => {
  const from = (n * 7_919) % accounts;
  const to = (from + 1 + (n % (accounts - 1))) % accounts;
  const run = await hub.client.startNew(transfer, { input: { from: keyOf(accounts, from), to: keyOf(accounts, to), amount: n % 100 } });
  await run.result();
};

const ONCE: { readonly [load in EntityLoad["load"]]: Once } = { signals: oneSignal, calls: oneCaller, transfers: oneTransfer };

const keyOf = (accounts: number, n: number): string => `${n}-of-${accounts}`;

async function checkSum(hub: TaskHub, accounts: number): Promise<void> {
  const keys = Array.from({ length: accounts }, (_, n) => keyOf(accounts, n));
  const sum = await (await hub.client.startNew(sumOf, { input: keys })).result();
  const expected = accounts * BALANCE + added;
  if (sum !== expected) throw new Error(`${accounts} accounts have ${sum} together instead of ${expected}`);
}

await runChild(async () => {
  const { storeUrl, load, sizes, inFlight, secondsOfTurn } = childArgument<EntityLoad>();
  await using hub = await TaskHub.open(storeUrl, { functions: [account, calls, transfer, sumOf] });
  await hub.start();
  const turns: EntityTurn[] = [];
  for (const size of sizes) {
    added = 0;
    const once = ONCE[load](hub, size);
    const measured = await runClosedLoop({ inFlight, warmUpMs: WARM_UP_MS, measureMs: secondsOfTurn * 1_000, once });
    turns.push({ perSecond: measured.completed / measured.seconds, ...latenciesOf(measured.milliseconds) });
    if (load !== "calls") await checkSum(hub, size);
  }
  await tellParent({ turns, rssMiB: rssMiB() } satisfies EntitiesDone);
});
