import type { SoakArgument, Soaked } from "../children/soak.ts";
import { Child } from "../lib/child.ts";
import { measurePeak } from "../lib/peak.ts";
import type { Measured } from "../lib/record.ts";
import type { ProcessRequest, ProcessScenario, Results, Target } from "../lib/scenario.ts";
import { atMost } from "../lib/scenario.ts";
import { leastSquaresSlope, spread } from "../lib/stats.ts";

const SECONDS = 600;
const RETENTION_SECONDS = 30;
/** Parts of the whole, at its end: 8 and 4 of 10 minutes. */
const HEAP_PART = 0.8;
const FILE_PART = 0.4;
/** Forced collections disturb the load: more of them leave too few starts to count. In a run of less than 50 s each tenth of it ends with one. */
const SECONDS_BETWEEN_SAMPLES = 5;
const MB = 1_000_000;

export const soak: ProcessScenario = {
  kind: "process",
  name: "soak",
  summary: "10 minutes of hello-sequence-5 at half the peak rate, retention 30 s",
  stores: ["sqlite"],
  levels: [256],
  levelMeans: "orchestrations at once when the peak rate is measured",
  defaultRuns: 1,
  durationMeans: `seconds of steady load (default ${SECONDS}; retention shrinks with it)`,
  canDelayCommits: false,
  rate: "orchestrationsPerSecond",
  noPeers: "its targets are our heap and our file",
  measure,
  targets,
};

async function measure(request: ProcessRequest): Promise<Measured> {
  const seconds = request.durationSeconds ?? SECONDS;
  const peak = await measurePeak(request, Math.min(10, seconds));
  const startsPerSecond = peak / 2;
  request.say(`Peak ${peak.toFixed(0)}/s; ${startsPerSecond.toFixed(0)} starts/s for ${seconds} s …`);
  const argument: SoakArgument = {
    storeUrl: await request.freshStore(),
    startsPerSecond,
    seconds,
    sampleEverySeconds: Math.min(SECONDS_BETWEEN_SAMPLES, seconds / 10),
    retentionMs: Math.round((1_000 * RETENTION_SECONDS * seconds) / SECONDS),
  };
  const child = new Child("children/soak.ts", argument, { nodeOptions: ["--expose-gc"] });
  try {
    return measuredOf(await child.next<Soaked>(), seconds, peak);
  } finally {
    await child.stop();
  }
}

function measuredOf(soaked: Soaked, seconds: number, peak: number): Measured {
  const lastPart = (part: number) => soaked.samples.filter(({ atSeconds }) => atSeconds >= seconds * (1 - part));
  const heap = lastPart(HEAP_PART).map(({ atSeconds, heapUsedBytes }) => ({ x: atSeconds / 60, y: heapUsedBytes / MB }));
  return {
    orchestrationsPerSecond: soaked.completed / seconds,
    activitiesPerSecond: null,
    eventsPerSecond: null,
    p50Ms: soaked.p50Ms,
    p95Ms: soaked.p95Ms,
    p99Ms: soaked.p99Ms,
    rssMiB: (soaked.samples.at(-1)?.rssBytes ?? 0) / 1_048_576,
    fsync: soaked.fsync,
    extra: {
      heapSlope: leastSquaresSlope(heap),
      fileSpreadPercent: 100 * spread(lastPart(FILE_PART).map(({ fileBytes }) => fileBytes)),
      fileMB: (soaked.samples.at(-1)?.fileBytes ?? 0) / MB,
      peak,
    },
  };
}

function targets(results: Results): readonly Target[] {
  const median = results.ours(results.levels[0] ?? 0)?.median;
  const extra = median?.extra ?? {};
  return [
    ...atMost("p95 beside the purge", median?.p95Ms ?? null, 50, "ms"),
    ...atMost("heapUsed after forced collection, slope over the last 8 of 10 minutes", extra.heapSlope ?? null, 0.5, "MB/min"),
    ...atMost("file size, highest over lowest in the last 4 of 10 minutes", extra.fileSpreadPercent ?? null, 10, "%"),
  ];
}
