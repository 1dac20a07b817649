import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { HostCommand, Loaded, Ready, SleepersArgument, Storm, Usage } from "../children/sleepers.ts";
import { Child } from "../lib/child.ts";
import { buildPackage } from "../lib/packed.ts";
import type { Measured } from "../lib/record.ts";
import type { ProcessRequest, ProcessScenario, Results, Target } from "../lib/scenario.ts";
import { atMost } from "../lib/scenario.ts";
import { latenciesOf } from "../lib/stats.ts";

/** All timers come due within this time. */
const SPREAD_MS = 1_000;
/** The storm is watched from this long before the first timer. */
const LEAD_MS = 1_000;
const IDLE_SECONDS = 60;
/** Slowest loading that leaves the idle window untouched. */
const SLOWEST_STARTS_PER_SECOND = 1_500;
const MB = 1_000_000;

export const sleepers: ProcessScenario = {
  kind: "process",
  name: "sleepers",
  summary:
    "100,000 instances sleep; a fresh process on their file, then all come due within one second (latencies: starts answered meanwhile)",
  stores: ["sqlite"],
  levels: [100_000],
  levelMeans: "sleeping instances",
  // Four minutes each, and nothing in it is a short interval that noise could double.
  defaultRuns: 1,
  durationMeans: `idle seconds over which CPU is counted (default ${IDLE_SECONDS}; RSS is read after the half of it before)`,
  canDelayCommits: false,
  rate: "orchestrationsPerSecond",
  noPeers: "it is about the size and the start of a process, and durabletask-js in memory keeps nothing between processes",
  measure,
  targets,
};

async function measure(request: ProcessRequest): Promise<Measured> {
  await buildPackage(request.say);
  const idle = request.durationSeconds ?? IDLE_SECONDS;
  const settle = idle / 2;
  const count = request.inFlight;
  const loadSeconds = 10 + count / SLOWEST_STARTS_PER_SECOND;
  const dueAt = Date.now() + (loadSeconds + settle + idle + 5) * 1_000;
  const latestStart = dueAt - (settle + idle + 3) * 1_000;

  request.say(`Putting ${count} instances to sleep …`);
  const loader = spawn({ role: "load", directory: request.directory, count, dueAt, spreadMs: SPREAD_MS });
  const { seconds } = await loader.next<Loaded>();
  await loader.stop();
  request.say(`… in ${seconds.toFixed(1)} s.`);
  if (Date.now() > latestStart) {
    throw new Error(
      `loading took ${seconds.toFixed(0)} s, more than the ${loadSeconds} s allowed: the timers would come due during the idle window`,
    );
  }
  return await measureHost(request, { idle, settle, count, dueAt });
}

interface Plan {
  readonly idle: number;
  readonly settle: number;
  readonly count: number;
  readonly dueAt: number;
}

async function measureHost(request: ProcessRequest, plan: Plan): Promise<Measured> {
  const emptyDirectory = join(request.directory, "empty");
  mkdirSync(emptyDirectory);
  const began = performance.now();
  const host = spawn({ role: "host", directory: request.directory });
  const { fsync } = await host.next<Ready>();
  const firstResultMs = performance.now() - began;
  // The process to compare with starts when the other one is idle, and reads its size at the same age.
  const empty = spawn({ role: "host", directory: emptyDirectory });
  await empty.next<Ready>();
  try {
    request.say(`First new result after ${firstResultMs.toFixed(0)} ms; idle for ${plan.settle + plan.idle} s …`);
    await pause(plan.settle * 1_000);
    const settled = await ask<Usage>(host, { kind: "usage" });
    const settledEmpty = await ask<Usage>(empty, { kind: "usage" });
    await ask(empty, { kind: "stop" }, false);
    await pause(plan.idle * 1_000);
    const later = await ask<Usage>(host, { kind: "usage" });

    await pause(plan.dueAt - LEAD_MS - Date.now());
    request.say(`${plan.count} timers come due …`);
    const storm = await ask<Storm>(host, { kind: "storm", count: plan.count, giveUpMs: 300_000 });
    await ask(host, { kind: "stop" }, false);
    return {
      orchestrationsPerSecond: plan.count / Math.max(storm.seconds - LEAD_MS / 1_000, 0.001),
      activitiesPerSecond: null,
      eventsPerSecond: null,
      ...latenciesOf(storm.answerMs),
      rssMiB: storm.rssPeak / 1_048_576,
      fsync,
      extra: {
        firstResultMs,
        extraRssMB: (settled.rssBytes - settledEmpty.rssBytes) / MB,
        idleCpuPercent: (100 * (later.cpuMs - settled.cpuMs)) / (later.atMs - settled.atMs),
        stormRssMB: (storm.rssPeak - storm.rssBefore) / MB,
        slowestAnswerMs: Math.max(...storm.answerMs),
        slowestResultMs: Math.max(...storm.resultMs),
        stormSeconds: storm.seconds - LEAD_MS / 1_000,
      },
    };
  } finally {
    await empty.stop();
    await host.stop();
  }
}

/** On the built package: a fresh process of a user does not compile TypeScript sources of ours first. */
const spawn = (argument: SleepersArgument): Child => new Child("children/sleepers.ts", argument, { built: true });

async function ask<Answer>(child: Child, command: HostCommand, answers = true): Promise<Answer> {
  child.send(command);
  return answers ? await child.next<Answer>() : (undefined as Answer);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

function targets(results: Results): readonly Target[] {
  const extra = results.ours(results.levels[0] ?? 0)?.median.extra ?? {};
  return [
    ...atMost("fresh process: first new result", extra.firstResultMs ?? null, 300, "ms"),
    ...atMost("fresh process: RSS above that on an empty file", extra.extraRssMB ?? null, 20, "MB"),
    ...atMost("idle: CPU", extra.idleCpuPercent ?? null, 0.5, "% of a core"),
    ...atMost("all due in one second: RSS grows by", extra.stormRssMB ?? null, 200, "MB"),
    ...atMost("all due in one second: slowest answer to a new start", extra.slowestAnswerMs ?? null, 100, "ms"),
  ];
}
