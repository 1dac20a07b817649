import type { TaskHub } from "perdure";
import { childArgument, runChild, tellParent } from "../lib/child.ts";
import { rssMiB, runClosedLoop, runRounds, timed } from "../lib/load.ts";
import type { Lookers } from "../lib/open-pages.ts";
import { openPages } from "../lib/open-pages.ts";
import type { Latencies } from "../lib/stats.ts";
import { latenciesOf, mean } from "../lib/stats.ts";
import type { System } from "../lib/system.ts";
import { expectedOutput, runOnce, verify } from "../lib/system.ts";
import type { AppKind } from "../lib/systems/app-threads.ts";
import { openOnThread } from "../lib/systems/app-threads.ts";
import type { OpenedHub } from "../lib/systems/perdure.ts";
import { notCompleted, openHub, systemOf } from "../lib/systems/perdure.ts";

/** The same load by turns: native functions in this process · an app on one thread. Then on the thread, beside an activity that blocks it. */
export interface AppThreadsArgument {
  readonly storeUrls: { readonly here: string; readonly there: string };
  readonly kind: SideKind;
  readonly load: AppLoad;
  readonly turns: number;
  /** 0: no such part. */
  readonly blockMs: number;
}

/** What the other side is: an app on a thread, or the same functions in this process in a hub that counts, traces, or has pages of its console open. */
export type SideKind = AppKind | "metrics" | "traces" | "pages";

export type AppLoad =
  | { readonly program: "hello" | "fan-out"; readonly inFlight: number; readonly secondsOfTurn: number }
  /** One of so many activities in a turn. */
  | { readonly program: "long"; readonly length: number };

export interface AppThreadsDone {
  readonly here: Part;
  readonly there: Part;
  /** Of those on the thread that began while it was blocked, however late they ended; and what became of all of them. */
  readonly besideBlock: (Latencies & { readonly completed: number; readonly notCompleted: number }) | null;
  readonly rssMiB: number;
}

/** All turns of one side. */
export interface Part extends Latencies {
  readonly completed: number;
  readonly seconds: number;
  /** Of each orchestration: of all threads, and of this one, where the engine runs. */
  readonly cpuMs: number;
  readonly engineCpuMs: number;
  /** `long`: of activities 51 to 150, and of the last 100. */
  readonly earlyMs: number | null;
  readonly lateMs: number | null;
}

interface Turn {
  readonly milliseconds: readonly number[];
  readonly seconds: number;
  readonly span: { readonly earlyMs: number; readonly lateMs: number } | null;
}

interface Side {
  readonly opened: OpenedHub;
  readonly system: System;
  /** During its turns. */
  readonly lookers: Lookers | null;
  readonly turns: (Turn & { readonly cpuMs: number; readonly engineCpuMs: number })[];
}

const WARM_UP_MS = 2_000;
const WARM_UP_LENGTH = 1_000;
/** Activities over which the cost at a position is averaged: times in a history are whole milliseconds. */
const WINDOW = 100;

/** So many always under way, all that begin within this time, however late they end: the last ones are those that count beside a blocked thread. */
async function beginWithin(ms: number, lanes: number, once: () => Promise<void>): Promise<readonly number[]> {
  const until = performance.now() + ms;
  const milliseconds: number[] = [];
  const lane = async () => {
    while (performance.now() < until) milliseconds.push(await timed(once));
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return milliseconds;
}

async function runTurn({ system, opened: { hub } }: Side, load: AppLoad, isFirst: boolean): Promise<Turn> {
  if (load.program === "long") return await longTurn(hub, system, load.length, isFirst);
  const { program, inFlight, secondsOfTurn } = load;
  const times = { warmUpMs: isFirst ? WARM_UP_MS : 0, measureMs: 1_000 * secondsOfTurn };
  const once = (n: number) => runOnce(system, program, n);
  if (program === "hello") return { ...(await runClosedLoop({ ...times, inFlight, once })), span: null };
  const round = () => Promise.all(Array.from({ length: inFlight }, (_, n) => timed(() => once(n))));
  return { ...(await runRounds({ ...times, warmUp: once, round })), span: null };
}

async function longTurn(hub: TaskHub, system: System, length: number, isFirst: boolean): Promise<Turn> {
  if (isFirst) await runOnce(system, "long", WARM_UP_LENGTH);
  const began = performance.now();
  const run = await hub.client.startNew("long", { input: length });
  verify("long", length, await run.result(), expectedOutput("long", length));
  const took = performance.now() - began;
  const events = (await hub.hubClient.getHistory(run.instanceId)) ?? [];
  const times = events.flatMap(({ kind, ts }) => (kind === "TaskCompleted" ? [ts] : []));
  const msUpTo = (last: number) => ((times[last - 1] ?? Number.NaN) - (times[last - 1 - WINDOW] ?? Number.NaN)) / WINDOW;
  return { milliseconds: [took], seconds: took / 1_000, span: { earlyMs: msUpTo(100 + WINDOW / 2), lateMs: msUpTo(length) } };
}

/** A warm-up is part of the processor time of the first turn: it is left out. */
async function addTurn(side: Side, load: AppLoad, isFirst: boolean): Promise<void> {
  await side.lookers?.come();
  const [all, own] = [process.cpuUsage(), process.threadCpuUsage()];
  const turn = await runTurn(side, load, isFirst);
  const inMs = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1_000;
  side.turns.push({ ...turn, cpuMs: inMs(process.cpuUsage(all)), engineCpuMs: inMs(process.threadCpuUsage(own)) });
  await side.lookers?.go();
}

function partOf({ turns }: Side): Part {
  const milliseconds = turns.flatMap((turn) => turn.milliseconds);
  const later = turns.slice(1);
  const each = (pick: (turn: Side["turns"][number]) => number) =>
    later.reduce((sum, turn) => sum + pick(turn), 0) / later.reduce((sum, turn) => sum + turn.milliseconds.length, 0);
  const spans = turns.flatMap(({ span }) => (span === null ? [] : [span]));
  return {
    ...latenciesOf(milliseconds),
    completed: milliseconds.length,
    seconds: turns.reduce((sum, { seconds }) => sum + seconds, 0),
    cpuMs: each(({ cpuMs }) => cpuMs),
    engineCpuMs: each(({ engineCpuMs }) => engineCpuMs),
    earlyMs: spans.length === 0 ? null : mean(spans.map(({ earlyMs }) => earlyMs)),
    lateMs: spans.length === 0 ? null : mean(spans.map(({ lateMs }) => lateMs)),
  };
}

async function besideBlock({ opened: { hub }, system }: Side, lanes: number, blockMs: number): Promise<AppThreadsDone["besideBlock"]> {
  const blocked = await hub.client.startNew("blocks", { input: blockMs });
  const milliseconds = await beginWithin(blockMs, lanes, () => runOnce(system, "hello", lanes));
  await blocked.result();
  return { ...latenciesOf(milliseconds), completed: milliseconds.length, notCompleted: await notCompleted(hub.client) };
}

interface ReadSpan {
  readonly name: string;
  readonly kind: number;
  readonly parentSpanContext: { readonly spanId: string } | undefined;
  readonly startTime: readonly number[];
  readonly endTime: readonly number[];
  readonly status: object;
  readonly attributes: object;
  readonly links: readonly unknown[];
  spanContext(): { readonly traceId: string; readonly spanId: string };
}

/** Each span is read as an exporter reads it, and goes nowhere: a collector would be measured else. */
const NOWHERE = {
  export(spans: readonly ReadSpan[], done: (result: { readonly code: number }) => void) {
    done({ code: spans.every((span) => fieldsOf(span) > 0) ? 0 : 1 });
  },
};

function fieldsOf(span: ReadSpan): number {
  const { traceId, spanId } = span.spanContext();
  const { name, kind, parentSpanContext, startTime, endTime, status, attributes, links } = span;
  const ids = [traceId, spanId, parentSpanContext?.spanId];
  return [...ids, name, kind, ...startTime, ...endTime, status, ...Object.entries(attributes), links].length;
}

const PAGES = 10;

function openThere(kind: SideKind, storeUrl: string): Promise<OpenedHub> {
  if (kind === "pages") return openHub({ storeUrl });
  if (kind === "metrics") return openHub({ storeUrl, options: { metrics: true } });
  if (kind === "traces") return openHub({ storeUrl, options: { traces: { spans: NOWHERE } } });
  return openOnThread(kind, storeUrl);
}

await runChild(async () => {
  const { storeUrls, kind, load, turns, blockMs } = childArgument<AppThreadsArgument>();
  const sideOf = (opened: OpenedHub, lookers: Lookers | null): Side => ({ opened, system: systemOf(opened), lookers, turns: [] });
  const here = sideOf(await openHub({ storeUrl: storeUrls.here }), null);
  const openedThere = await openThere(kind, storeUrls.there);
  const there = sideOf(openedThere, kind === "pages" ? await openPages(openedThere.hub, PAGES) : null);
  for (let n = 0; n < turns; n++) for (const side of [here, there]) await addTurn(side, load, n === 0);
  const lanes = load.program === "long" ? 1 : load.inFlight;
  await tellParent({
    here: partOf(here),
    there: partOf(there),
    besideBlock: blockMs > 0 ? await besideBlock(there, lanes, blockMs) : null,
    rssMiB: rssMiB(),
  } satisfies AppThreadsDone);
  await there.lookers?.close();
  for (const { opened } of [here, there]) await opened.hub.close();
});
