import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { activity, orchestrator } from "perdure";
import type { Scenario, Suite } from "../matrix.ts";

interface Job {
  readonly run: string;
  readonly tenant: string;
  readonly no: number;
  readonly ms?: number;
}

/** What runs now and ran at most, and in which order it began, by run and key: all workers of a test are in this process. */
class Gauge {
  readonly began = new Map<string, number[]>();
  readonly most = new Map<string, number>();
  readonly #running = new Map<string, number>();

  async watch(key: string, no: number, work: () => Promise<unknown>): Promise<void> {
    this.began.set(key, [...(this.began.get(key) ?? []), no]);
    const running = (this.#running.get(key) ?? 0) + 1;
    this.#running.set(key, running);
    this.most.set(key, Math.max(running, this.most.get(key) ?? 0));
    try {
      await work();
    } finally {
      this.#running.set(key, (this.#running.get(key) ?? 0) - 1);
    }
  }
}

const gauge = new Gauge();

const send = activity("keys.send", { perKey: { concurrency: 2 }, key: (job: Job) => job.tenant }, async (job: Job, ctx) => {
  await gauge.watch(`${job.run}/${job.tenant}`, job.no, () => sleep(job.ms ?? 20, null, { signal: ctx.signal }));
  return job.no;
});
const sendAll = orchestrator("keys.sendAll", (ctx, jobs: readonly Job[]) => ctx.all(jobs.map((job) => ctx.callActivity(send, job))));

const alone = activity(
  "keys.alone",
  { perKey: { concurrency: 1 }, retry: { maxAttempts: 2, firstInterval: "1ms" } },
  async (job: Job, ctx) => {
    await gauge.watch(`${job.run}/alone`, job.no, () => sleep(5));
    if (ctx.attempt === 1) throw new Error("once more");
    return ctx.attempt;
  },
);
const allAlone = orchestrator("keys.allAlone", (ctx, jobs: readonly Job[]) => ctx.all(jobs.map((job) => ctx.callActivity(alone, job))));

const byCall = orchestrator("keys.byCall", (ctx, jobs: readonly Job[]) =>
  ctx.all(jobs.map((job) => ctx.callActivity(send, job, { key: "vip" }))),
);

const forever = activity("keys.forever", { perKey: { concurrency: 1 }, key: (run: string) => run }, async (_: string, ctx) => {
  await sleep(600_000, null, { signal: ctx.signal }).catch(() => null);
});
const holdsForever = orchestrator("keys.holdsForever", (ctx, run: string) => ctx.callActivity(forever, run));

const plain = activity("keys.plain", () => 1);
const bad = activity("keys.bad", { perKey: { concurrency: 1 }, key: (value: unknown) => value as string }, () => 1);
const wrongKeys = orchestrator("keys.wrong", async (ctx) => {
  const said = (error: Error) => error.message;
  const attempt = (call: () => unknown) => {
    try {
      call();
      return "no error";
    } catch (error) {
      return said(error as Error);
    }
  };
  return [
    attempt(() => ctx.callActivity(bad, 7)),
    attempt(() => ctx.callActivity(bad, "x".repeat(201))),
    attempt(() => ctx.callActivity(bad, 7, { key: 8 as unknown as string })),
    attempt(() => ctx.callActivity(plain, undefined, { key: "a" })),
    await ctx.callActivity(bad, 7, { key: "fine" }),
  ];
});

const jobs = (run: string, tenant: string, count: number, from = 0): readonly Job[] =>
  Array.from({ length: count }, (_, index) => ({ run, tenant, no: from + index }));

const scenarios: readonly Scenario[] = [
  {
    title: "no more calls of a key run at once than may, over all workers and instances, and each key goes its own way",
    async run(stand, id) {
      const slow = jobs(id, "slow", 3).map((job) => ({ ...job, ms: 400 }));
      await stand.client.startNew(sendAll, { instanceId: `${id}-slow`, input: slow });
      for (const part of [0, 1, 2]) {
        const input = [...jobs(id, "acme", 4, 4 * part), ...jobs(id, "zen", 2, 2 * part)];
        await stand.client.startNew(sendAll, { instanceId: `${id}-${part}`, input });
      }
      for (const part of [0, 1, 2]) await stand.end(`${id}-${part}`);
      await stand.expectEnd(`${id}-slow`, "Completed", [0, 1, 2]);
      assert.deepEqual([gauge.most.get(`${id}/acme`), gauge.most.get(`${id}/zen`), gauge.most.get(`${id}/slow`)], [2, 2, 2]);
    },
  },
  {
    title: "calls of a key begin in their order",
    async run(stand, id) {
      await stand.client.startNew(sendAll, { instanceId: id, input: jobs(id, "acme", 8) });
      await stand.end(id);
      const began = gauge.began.get(`${id}/acme`) ?? [];
      for (const [index, no] of began.entries()) assert.ok(Math.abs(no - index) < 2, `began in the order ${began.join()}`);
    },
  },
  {
    title: "without a key all calls of the activity share the limit; the next attempt of a failed call waits in line again",
    async run(stand, id) {
      await stand.client.startNew(allAlone, { instanceId: id, input: jobs(id, "", 3) });
      await stand.expectEnd(id, "Completed", [2, 2, 2]);
      assert.equal(gauge.most.get(`${id}/alone`), 1);
      assert.deepEqual(gauge.began.get(`${id}/alone`)?.slice(0, 3), [0, 1, 2]);
    },
  },
  {
    title: "the key at the call wins, and is recorded with the call",
    async run(stand, id) {
      await stand.client.startNew(byCall, { instanceId: id, input: jobs(id, "acme", 2) });
      await stand.end(id);
      const history = await stand.history(id);
      const slots = history.flatMap((event) => (event.kind === "TaskScheduled" ? [event.slot] : []));
      assert.deepEqual(slots, [
        { key: "vip", limit: 2 },
        { key: "vip", limit: 2 },
      ]);
    },
  },
  {
    title: "who ends gives its slot on, and who waits for one no longer waits",
    async run(stand, id) {
      const holder = await stand.client.startNew(holdsForever, { instanceId: `${id}-holder`, input: id });
      await stand.until("the holder runs", async () => (await where(stand, `${id}-holder`)) === "running");
      await stand.client.startNew(holdsForever, { instanceId: `${id}-leaves`, input: id });
      await stand.until("one waits", async () => (await where(stand, `${id}-leaves`)) === "no free slot");
      await stand.client.startNew(holdsForever, { instanceId: `${id}-next`, input: id });
      await stand.until("another waits", async () => (await where(stand, `${id}-next`)) === "no free slot");
      await stand.client.terminate(`${id}-leaves`);
      await stand.end(`${id}-leaves`);
      await holder.terminate();
      await stand.until("the next runs", async () => (await where(stand, `${id}-next`)) === "running");
      await stand.client.terminate(`${id}-next`);
      await stand.end(`${id}-next`);
    },
  },
  {
    title: "what cannot be a key fails the call in words",
    async run(stand, id) {
      await stand.client.startNew(wrongKeys, { instanceId: id });
      const { output } = await stand.end(id);
      const [asGiven, long, atCall, without, fine] = output as readonly unknown[];
      assert.equal(
        asGiven,
        'ctx.callActivity "keys.bad": option "key (as the function of its definition gives it)" is 7; expected a string (it is not a string).',
      );
      assert.match(String(long), /it has 201 characters, more than 200/);
      assert.match(String(atCall), /option "key" is 8; expected a string/);
      assert.match(
        String(without),
        /"keys.plain": a key has an effect only for an activity whose definition, as this process knows it, has perKey/,
      );
      assert.equal(fine, 1);
    },
  },
];

async function where(stand: Parameters<Scenario["run"]>[0], id: string): Promise<string | undefined> {
  return (await stand.client.getStatus(id, { showWaitingFor: true }))?.waitingFor?.activities[0]?.where;
}

export const keySuite: Suite = {
  name: "limits by key",
  functions: [send, sendAll, alone, allAlone, byCall, forever, holdsForever, plain, bad, wrongKeys],
  scenarios,
};
