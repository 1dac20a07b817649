import type { EntityContext } from "perdure";
import { entity, http, orchestrator } from "perdure";

/** State under a key: one operation at a time. */
export const counter = entity("Counter", {
  initialState: () => 0,
  operations: {
    add: (ctx, amount: number) => {
      ctx.state += amount;
    },
    reset: (ctx) => {
      ctx.state = 0;
    },
    get: (ctx) => ctx.state,
  },
});

class BankAccount {
  balance = 0;
  deposit(amount: number): number {
    this.balance += amount;
    return this.balance;
  }
  withdraw(amount: number, ctx: EntityContext<BankAccount>): number {
    if (amount > this.balance) throw new RangeError(`${ctx.key} has only ${this.balance}`);
    this.balance -= amount;
    return this.balance;
  }
}
export const account = entity("Account", BankAccount);

export interface Move {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
}

/** Nothing else uses the two accounts between the withdrawal and the deposit, and the lock is released however this ends. */
export const transfer = orchestrator("Transfer", async (ctx, { from, to, amount }: Move) => {
  using lock = await ctx.lock(account.id(from), account.id(to));
  const [source, target] = lock.entities;
  const left = await source.call.withdraw(amount);
  const has = await target.call.deposit(amount);
  ctx.entity(counter, "transfers").signal.add(1);
  return { [from]: left, [to]: has };
});

/** Calls wait for the result, signals do not; both arrive in this order. */
export const count = orchestrator("Count", async (ctx, amounts: readonly number[]) => {
  const { call, signal } = ctx.entity(counter, "orchestrated");
  await call.reset();
  for (const amount of amounts) signal.add(amount);
  return await call.get();
});

/** A client signals and reads: `POST /api/visits/home` counts, `GET` shows. */
export const visits = http("Visits", { methods: ["GET", "POST"], route: "visits/{page}" }, async (request, { client, params }) => {
  const page = client.entity(counter, params.page ?? "");
  if (request.method === "POST") await page.signal.add(1);
  return Response.json({ visits: (await page.state()) ?? 0 }, { status: request.method === "POST" ? 202 : 200 });
});

export const startTransfer = http("StartTransfer", { methods: ["POST"] }, async (request, { client }) => {
  const run = await client.startNew(transfer, { input: (await request.json()) as Move });
  return client.createCheckStatusResponse(request, run.instanceId);
});

export const startCount = http("StartCount", { methods: ["POST"] }, async (request, { client }) => {
  const run = await client.startNew(count, { input: (await request.json()) as number[] });
  return client.createCheckStatusResponse(request, run.instanceId);
});
