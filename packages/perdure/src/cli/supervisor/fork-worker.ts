import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import type { ClosableLog } from "../../telemetry/closable-log.ts";
import { workerEntry } from "../../worker-entry.ts";
import { onLines } from "./lines.ts";
import type { ToWorker, WorkerSetup } from "./messages.ts";
import { asFromWorker } from "./messages.ts";
import type { ChildEvents, WorkerChild } from "./supervisor.ts";

/** What a process said last is waited for this long after its end: a process of its own that outlives it may hold its output open. */
const LAST_WORDS_MS = 250;

export interface ForkSurroundings {
  readonly log: ClosableLog;
  readonly err: (text: string) => void;
}

/** A worker process of this `perdure start`. Its standard output and error go out by ours, line by line, each with its number. */
export function forkWorker(setup: WorkerSetup, { log, err }: ForkSurroundings, events: ChildEvents): WorkerChild {
  const { number, style } = setup;
  const child = fork(workerEntry(import.meta.url, "./worker-main"), [`worker-${number}`], { stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const pass = (line: string) => log.passOn(style.people ? `[${number}] ${line}` : structured(line, number));
  if (child.stdout !== null) onLines(child.stdout, pass);
  if (child.stderr !== null) onLines(child.stderr, (line) => err(`[${number}] ${line}\n`));
  child.on("message", (message) => {
    const known = asFromWorker(message);
    if (known?.kind === "ready") events.onReady();
    if (known?.kind === "draining") events.onDraining();
    if (known?.kind === "counted") events.onCounted(known.counted);
  });
  tellEnd(child, events);
  send(child, setup);
  return {
    pid: child.pid ?? null,
    drain: () => send(child, { kind: "drain" }),
    askCount: () => send(child, { kind: "count" }),
    kill: () => child.kill("SIGKILL"),
  };
}

function tellEnd(child: ChildProcess, events: ChildEvents): void {
  let told = false;
  const tell = (code: number | null, signal: string | null, error: Error | null) => {
    if (!told) events.onEnd({ code, signal, error });
    told = true;
  };
  child.once("exit", (code, signal) => {
    const wait = setTimeout(() => tell(code, signal, null), LAST_WORDS_MS);
    child.once("close", () => {
      clearTimeout(wait);
      tell(code, signal, null);
    });
  });
  child.on("error", (error) => {
    if (child.pid === undefined) tell(null, null, error); // otherwise a message did not reach it, and its end will be told
  });
}

/** One that is gone hears nothing; its end is told by other means. */
function send(child: ChildProcess, message: ToWorker): void {
  child.send(message, () => {});
}

/** Its log lines have the number already; what its functions print is put in a line of the same form. */
function structured(line: string, number: number): string {
  if (line.startsWith('{"level":')) return line;
  return JSON.stringify({ level: "info", time: new Date().toISOString(), event: "worker-process.output", workerNumber: number, msg: line });
}
