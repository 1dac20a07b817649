import { activity } from "../../functions/activity.ts";
import { entity } from "../../functions/entity.ts";
import { orchestrator } from "../../functions/orchestrator.ts";
import type { ContinuedAsNew } from "../../replay/functions/continued-as-new.ts";
import type { Scenario } from "./scenario.ts";
import { expectEnd, expectSame } from "./scenario.ts";

interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly rounds: number;
}

interface Visit {
  readonly keys: readonly string[];
  readonly who: string;
  /** How it leaves its section. */
  readonly end: "returns" | "throws" | "continues" | "is terminated" | "gives up";
}

interface Sends {
  readonly key: string;
  readonly other: string;
  readonly child: string;
}

const ACCOUNTS = ["a", "b", "c"];

export const entityScenarios: readonly Scenario[] = [
  {
    name: "transfers",
    features: ["entity call", "critical section"],
    instances: 7,
    functions: () => {
      const account = entity("transfers.account", {
        initialState: () => 10,
        operations: {
          add: (ctx, amount: number) => {
            ctx.state += amount;
            return ctx.state;
          },
          balance: (ctx) => ctx.state,
        },
      });
      const check = activity("transfers.check", (amount: number) => amount);
      const transfer = orchestrator("transfers", async (ctx, { from, to, rounds }: Transfer): Promise<string | ContinuedAsNew> => {
        {
          using lock = await ctx.lock(account.id(from), account.id(to));
          const [source, target] = lock.entities;
          const before = await Promise.all([source.call.balance(), target.call.balance()]);
          const moved = await ctx.callActivity(check, 1);
          const after = await Promise.all([source.call.add(-moved), target.call.add(moved)]);
          if (before[0] - after[0] !== 1 || after[1] - before[1] !== 1) throw new Error(`${before} became ${after} inside one section`);
        }
        return rounds > 1 ? ctx.continueAsNew({ from, to, rounds: rounds - 1 }) : "moved";
      });
      const total = orchestrator("transfers.total", async (ctx, keys: readonly string[]) => {
        using lock = await ctx.lock(...keys.map((key) => account.id(key)));
        const balances = await ctx.all(lock.entities.map(({ call }) => call.balance()));
        return balances.reduce((sum, balance) => sum + balance, 0);
      });
      return [account, check, transfer, total];
    },
    async drive(run) {
      const keys = ACCOUNTS.map((key) => `${run.id}.${key}`);
      // One pair in both directions: two that locked in the order of their arguments would wait for each other.
      const [a = "", b = "", c = ""] = keys;
      const pairs = [
        [a, b],
        [b, a],
        [c, b],
      ] as const;
      const ids = pairs.map(([from, to], at) => ({ input: { from, to, rounds: 2 }, id: `${run.id}-${at}` }));
      for (const { id, input } of ids) await run.client.start({ name: "transfers", instanceId: id, input });
      for (const { id } of ids) await expectEnd(run, id, "Completed", "moved");
      await run.client.start({ name: "transfers.total", instanceId: `${run.id}-total`, input: keys });
      await expectEnd(run, `${run.id}-total`, "Completed", 30);
    },
  },
  {
    name: "sections",
    features: ["critical section", "terminate", "failure", "continue-as-new", "entity clean-up"],
    instances: 9,
    functions: () => {
      const room = entity("sections.room", {
        initialState: (): string[] => [],
        operations: {
          visit: (ctx, who: string) => {
            ctx.state.push(who);
            return who;
          },
          visits: (ctx) => ctx.state,
        },
      });
      const rest = activity("sections.rest", (who: string) => who);
      const visitor = orchestrator("sections", async (ctx, { keys, who, end }: Visit): Promise<string | ContinuedAsNew> => {
        const asked = ctx.lock(...keys.map((key) => room.id(key)));
        if (end === "gives up") {
          asked.cancel();
          return "gave up";
        }
        using lock = await asked;
        ctx.setCustomStatus("inside");
        for (const { call } of lock.entities) await call.visit(who);
        await ctx.callActivity(rest, who);
        await ctx.all(lock.entities.map(({ call }) => call.visit(who)));
        if (end === "throws") throw new Error("as it was told");
        if (end === "is terminated") await ctx.waitForExternalEvent("never");
        return end === "continues" ? ctx.continueAsNew({ keys, who: `${who}+`, end: "returns" }) : "visited";
      });
      const last = orchestrator("sections.last", async (ctx, keys: readonly string[]) => {
        using lock = await ctx.lock(...keys.map((key) => room.id(key)));
        return await ctx.all(lock.entities.map(({ call }) => call.visits()));
      });
      return [room, rest, visitor, last];
    },
    async drive(run) {
      const { client } = run;
      const keys = ACCOUNTS.map((key) => `${run.id}.${key}`);
      const ends: readonly Visit["end"][] = ["is terminated", "throws", "continues", "gives up", "is terminated", "returns"];
      const visits = ends.map((end, at) => {
        const chosen = keys.filter((_, place) => place !== at % 4);
        return { id: `${run.id}-${at}`, input: { keys: at % 2 === 0 ? chosen : chosen.toReversed(), who: `${at}`, end } };
      });
      for (const { id, input } of visits) await client.start({ name: "sections", instanceId: id, input });
      const endings = visits.map(async ({ id, input: { end } }, at) => {
        if (end === "is terminated") {
          // The first wherever it stands then, the other inside.
          if (at === 0) await client.world.sleep(15);
          else await client.until(id, ({ customStatus, status }) => customStatus === '"inside"' || status === "Failed");
          await client.terminate(id, false);
        }
        const { runtimeStatus } = await client.result(id);
        expectSame(`status of ${id}`, runtimeStatus, end === "is terminated" ? "Terminated" : end === "throws" ? "Failed" : "Completed");
      });
      await client.world.sleep(10);
      await client.cleanEntities();
      await Promise.all(endings);
      const lastId = `${run.id}-last`;
      await client.start({ name: "sections.last", instanceId: lastId, input: keys });
      const { output } = await client.result(lastId);
      for (const log of JSON.parse(output ?? "null") as readonly (readonly string[])[]) checkVisits(log, visits);
    },
  },
  {
    name: "entity-sends",
    features: ["entity signal", "start from an entity", "failed operation"],
    instances: 4,
    functions: () => {
      const cell = entity("entity-sends.cell", {
        initialState: (): number[] => [],
        operations: {
          keep: (ctx, n: number) => {
            ctx.state.push(n);
          },
          pass: (ctx, { n, other }: { n: number; other: string }) => {
            ctx.state.push(n);
            ctx.entity<{ keep(n: number): void }>({ name: "entity-sends.cell", key: other }).signal.keep(n);
            if (n === 4) ctx.startOrchestration("entity-sends.child", n, { instanceId: `${other}-child` });
            if (n % 2 === 1) throw new Error("odd");
            return n;
          },
        },
      });
      const child = orchestrator("entity-sends.child", (_, n: number) => n * n);
      const main = orchestrator("entity-sends", async (ctx, { key, other }: Sends) => {
        const { call, signal } = ctx.entity(cell, key);
        const got: (number | string)[] = [];
        for (const n of [1, 2, 3, 4]) got.push(await call.pass({ n, other }).then(undefined, () => "failed"));
        for (const n of [5, 6]) signal.pass({ n, other });
        return got;
      });
      return [cell, child, main];
    },
    async drive(run) {
      const [key, other] = [`${run.id}.a`, `${run.id}.b`];
      await run.client.start({ name: "entity-sends", instanceId: run.id, input: { key, other } });
      await expectEnd(run, run.id, "Completed", ["failed", 2, "failed", 4]);
      await expectEnd(run, `${other}-child`, "Completed", 16);
      await run.client.untilState("entity-sends.cell", key, "[2,4,6]");
      await run.client.untilState("entity-sends.cell", other, "[2,4,6]");
    },
  },
];

/** Each visit that was not cut short is there as a whole, and nothing of another stands in it. */
function checkVisits(log: readonly string[], visits: readonly { readonly input: Visit }[]): void {
  const cut = new Set(visits.flatMap(({ input: { end, who } }) => (end === "is terminated" ? [who] : [])));
  const whole = log.filter((who) => !cut.has(who));
  for (let at = 0; at < whole.length; at += 2) {
    if (whole[at] !== whole[at + 1]) throw new Error(`in a log of visits, another one stands in that of ${whole[at]}: ${log.join(" ")}`);
  }
  for (const [at, who] of log.entries()) {
    if (!cut.has(who) && log[at + 1] !== who && log[at - 1] !== who)
      throw new Error(`${log[at + 1]} stands between two visits of ${who}: ${log.join(" ")}`);
  }
}
