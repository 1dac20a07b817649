import { childArgument, nextMessage, runChild, tellParent } from "../lib/child.ts";
import { expectedOutput, verify } from "../lib/system.ts";
import type { OpenedHub } from "../lib/systems/perdure.ts";
import { anyUnfinished, hello, openHub, sleeper, sleeperResults } from "../lib/systems/perdure.ts";

/** Two roles in the scenario `sleepers`: who fills the store, and the fresh process that is measured on it. */
export type SleepersArgument =
  | { readonly role: "load"; readonly storeUrl: string; readonly count: number; readonly dueAt: number; readonly spreadMs: number }
  | { readonly role: "host"; readonly storeUrl: string };

export type HostCommand =
  | { readonly kind: "usage" }
  /** Watches until all `count` sleepers are done; sent shortly before they come due. */
  | { readonly kind: "storm"; readonly count: number; readonly giveUpMs: number }
  | { readonly kind: "stop" };

export interface Loaded {
  readonly seconds: number;
}

export interface Ready {
  readonly fsync: boolean | null;
}

export interface Usage {
  readonly rssBytes: number;
  readonly cpuMs: number;
  readonly atMs: number;
}

export interface Storm {
  readonly seconds: number;
  readonly rssBefore: number;
  readonly rssPeak: number;
  /** From the moment a start was meant to be sent to its acceptance. */
  readonly answerMs: readonly number[];
  readonly resultMs: readonly number[];
}

type Hub = OpenedHub["hub"];

const STARTS_AT_ONCE = 500;
const PROBE_EVERY_MS = 50;
const SAMPLE_EVERY_MS = 20;

await runChild(async () => {
  const argument = childArgument<SleepersArgument>();
  const { hub, fsync } = await openHub({ storeUrl: argument.storeUrl });
  try {
    if (argument.role === "load") await load(hub, argument);
    else await host(hub, fsync);
  } finally {
    await hub.close();
  }
});

async function load(hub: Hub, argument: SleepersArgument & { readonly role: "load" }): Promise<void> {
  const began = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < argument.count) {
      const n = next++;
      const dueAt = argument.dueAt + Math.floor((n / argument.count) * argument.spreadMs);
      const run = await hub.client.startNew(sleeper, { input: { n, dueAt } });
      await hub.client.waitForStart(run.instanceId);
    }
  };
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, lane));
  await tellParent({ seconds: (performance.now() - began) / 1_000 } satisfies Loaded);
}

async function host(hub: Hub, fsync: boolean | null): Promise<void> {
  await probe(hub, 0);
  await tellParent({ fsync } satisfies Ready);
  for (;;) {
    const command = await nextMessage<HostCommand>();
    if (command === null || command.kind === "stop") return;
    if (command.kind === "usage") await tellParent(usage());
    else await tellParent(await watchStorm(hub, command.count, command.giveUpMs));
  }
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { rssBytes: process.memoryUsage.rss(), cpuMs: (user + system) / 1_000, atMs: performance.now() };
}

async function probe(hub: Hub, n: number, meantAt = performance.now()): Promise<{ readonly answerMs: number; readonly resultMs: number }> {
  const run = await hub.client.startNew(hello, { input: n });
  const answerMs = performance.now() - meantAt;
  verify("hello", n, await run.result(), expectedOutput("hello", n));
  return { answerMs, resultMs: performance.now() - meantAt };
}

async function watchStorm(hub: Hub, count: number, giveUpMs: number): Promise<Storm> {
  const began = performance.now();
  const rssBefore = process.memoryUsage.rss();
  let rssPeak = rssBefore;
  const sampler = setInterval(() => {
    rssPeak = Math.max(rssPeak, process.memoryUsage.rss());
  }, SAMPLE_EVERY_MS);

  // Each start has a time at which it should leave; a blocked thread delays it, and that delay counts.
  const probes: ReturnType<typeof probe>[] = [];
  const prober = setInterval(() => {
    while (began + probes.length * PROBE_EVERY_MS <= performance.now()) {
      probes.push(probe(hub, probes.length, began + probes.length * PROBE_EVERY_MS));
    }
  }, PROBE_EVERY_MS / 10);

  while (await anyUnfinished(hub)) {
    if (performance.now() - began > giveUpMs) throw new Error(`not all ${count} sleepers were done after ${giveUpMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  clearInterval(prober);
  const seconds = (performance.now() - began) / 1_000;
  const answers = await Promise.all(probes);
  clearInterval(sampler);
  await checkAll(hub, count);
  return {
    seconds,
    rssBefore,
    rssPeak,
    answerMs: answers.map(({ answerMs }) => answerMs),
    resultMs: answers.map(({ resultMs }) => resultMs),
  };
}

/** Each number exactly once. */
async function checkAll(hub: Hub, count: number): Promise<void> {
  const seen = new Uint8Array(count);
  for await (const { runtimeStatus, output } of sleeperResults(hub)) {
    if (runtimeStatus !== "Completed" || typeof output !== "number" || seen[output] !== 0) {
      throw new Error(`a sleeper is ${runtimeStatus} with output ${JSON.stringify(output)}`);
    }
    seen[output] = 1;
  }
  const missing = seen.indexOf(0);
  if (missing >= 0) throw new Error(`sleeper ${missing} of ${count} has no result`);
}
