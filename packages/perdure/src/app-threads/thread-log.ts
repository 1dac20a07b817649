import { taskIdOf } from "../model/task-id.ts";
import { runAfter } from "../process/timers.ts";
import type { EngineLog, LogEntry } from "../telemetry/engine-log.ts";
import { shortList } from "../telemetry/short-list.ts";
import type { AppThread, ThreadEnd } from "./app-thread.ts";
import type { Call } from "./call.ts";
import type { AppInfo, GuestSetup, Invocation } from "./guest.ts";
import { looks } from "./looks.ts";
import type { Finding } from "./suspects.ts";

/** Looks between two at the memory of threads. */
const MEMORY_EVERY = looks(5_000);
/** Of the limit. */
const ALMOST_FULL = 0.85;

const LONG_LOAD_MS = 10_000;

/** What is said about the threads of an app. */
export class ThreadLog {
  readonly #log: EngineLog;
  #looks = 0;
  readonly #full = new WeakSet<AppThread>();
  /** Threads that are said to be held, with the line that holds each as far as it is known. */
  readonly #told = new Map<AppThread, string | null>();

  constructor(log: EngineLog) {
    this.#log = log;
  }

  loading({ app }: GuestSetup): void {
    this.#say("debug", "app.loading", `Loading the app "${app}"`, { app });
  }

  /** A thread begins to load the app: if that takes long, it is said. Gives what ends it. */
  begins(setup: GuestSetup, thread: AppThread, meanwhile: string): () => void {
    return runAfter(LONG_LOAD_MS, () => this.#stillLoading(setup, thread, meanwhile), false);
  }

  #stillLoading({ app }: GuestSetup, thread: AppThread, meanwhile: string): void {
    void thread.holder().then((line) => {
      if (thread.life !== "starting") return;
      const where = line === null ? "its entry files await something at their top level" : `it computes at ${line}`;
      this.#say("warn", "app.loading-long", `The app "${app}" has not been loaded for ${LONG_LOAD_MS / 1_000} s: ${where}. ${meanwhile}`, {
        app,
        line,
      });
    });
  }

  loaded({ app }: GuestSetup, { functions, kind }: AppInfo, milliseconds: number): void {
    const count = Object.values(functions).flat().length;
    const fields = { app, kind, functions: count, milliseconds: Math.round(milliseconds) };
    this.#say("debug", "app.loaded", `The app "${app}" was loaded in ${fields.milliseconds} ms`, fields);
  }

  reloaded({ app }: GuestSetup, { functions }: AppInfo): void {
    this.#say("debug", "app.reloaded", `The app "${app}" was loaded again`, { app, functions: Object.values(functions).flat().length });
  }

  failed({ app }: GuestSetup, error: Error): void {
    const [reason = ""] = error.message.split("\n", 1); // the error has all of it
    this.#say("error", "app.failed", `The app "${app}" cannot be loaded by a new thread: ${reason}`, { app, error });
  }

  /** With the line that holds it, once that is known. */
  held(thread: AppThread): void {
    const begun = thread.begun.map(nameOf);
    this.#told.set(thread, null);
    void thread.holder().then((line) => {
      if (this.#told.has(thread)) this.#told.set(thread, line);
      const at = line === null ? "a line that is not known" : line;
      const message = `${thread.title} of the app is held by ${at}: it has taken no message for 2 s. What it had not begun runs elsewhere; what it had waits: ${shortList(begun)}.`;
      this.#say("warn", "thread.held", message, { thread: thread.number, line, begun: begun.length });
    });
  }

  /** Undefined: it is not held, or not for long. */
  heldBy(thread: AppThread): string | null | undefined {
    return this.#told.get(thread);
  }

  freed(thread: AppThread): void {
    if (!this.#told.delete(thread)) return;
    this.#say("info", "thread.freed", `${thread.title} of the app takes messages again`, { thread: thread.number });
  }

  gone(thread: AppThread): void {
    this.#told.delete(thread);
  }

  ended(thread: AppThread, { reason, error, begun, accused }: ThreadEnd, findings: readonly Finding[]): void {
    const suspects = begun.filter((_, index) => findings[index] !== "bystander").map(nameOf);
    const whose =
      suspects.length === 0
        ? "None of the calls that ran is the cause: it is work that a function has left behind (a promise that is not awaited), or code outside functions."
        : typeof accused === "number" || suspects.length === 1
          ? `It was the code of ${shortList(suspects)}.`
          : `It was the code of one of ${suspects.length}, which run apart from the others from now on: ${shortList(suspects)}.`;
    const fields = { thread: thread.number, begun: begun.length, ...(error === null ? {} : { error }) };
    this.#say("error", "thread.ended", `${thread.title} of the app has ended: ${reason}. ${whose}`, fields);
  }

  look(threads: readonly AppThread[], memoryMb: number | null): void {
    this.#looks += 1;
    if (memoryMb === null || this.#looks % MEMORY_EVERY !== 0) return;
    for (const thread of threads) void this.#lookAtMemory(thread, memoryMb);
  }

  async #lookAtMemory(thread: AppThread, memoryMb: number): Promise<void> {
    const bytes = thread.life === "ready" ? await thread.heapBytes() : null;
    const isFull = bytes !== null && bytes > ALMOST_FULL * memoryMb * 1_048_576;
    if (!isFull || this.#full.has(thread)) return;
    this.#full.add(thread);
    const message = `${thread.title} of the app uses ${Math.round(bytes / 1_048_576)} MB of the ${memoryMb} MB of its heap (--app-memory)`;
    this.#say("warn", "thread.memory", message, { thread: thread.number, bytes });
  }

  #say(level: LogEntry["level"], event: string, message: string, fields: LogEntry["fields"]): void {
    if (this.#log.enabled(level)) this.#log.write({ level, event, message, fields });
  }
}

function nameOf({ work }: Call): string {
  switch (work.kind) {
    case "episode":
      return `orchestrator "${work.request.name}" (${work.request.instanceId})`;
    case "activity":
      return `activity "${work.request.name}" (${taskIdOf(work.request)})`;
    case "entity":
      return `entity ${work.request.instanceId}`;
    case "invocation":
      return nameOfInvocation(work.request);
  }
}

function nameOfInvocation(request: Invocation): string {
  switch (request.kind) {
    case "hook":
      return `a function of ${request.on === "start" ? "onStart" : "onStop"}`;
    case "replay":
      return `a repetition of ${request.instanceId}`;
    case "state":
      return `a check of states of entity "${request.name}"`;
    case "http":
    case "trigger":
      return `function "${request.name}"`;
  }
}
