import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Duplex, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { nextTick } from "../process/real-globals.ts";
import { runAfter } from "../process/timers.ts";
import { passToStderr } from "../telemetry/stderr-line.ts";
import { errorText } from "../telemetry/value-text.ts";
import { workerEntry } from "../worker-entry.ts";
import { outOfMemory } from "./endings.ts";
import type { Frame } from "./frames.ts";
import { unpack } from "./frames.ts";
import type { SourceLine } from "./held-line.ts";
import { asItIs, heldLine, hottest, innermost } from "./held-line.ts";
import type { FromThread, ToThread } from "./messages.ts";
import { hostOutbox } from "./outbox.ts";
import type { PausedFrame } from "./paused-frames.ts";
import { ProcessClaims } from "./process-claims.ts";
import type { FromWatch, LastWords, ToWatch } from "./process-wire.ts";
import { lineFrame, PacketReader, PIPES, packet } from "./process-wire.ts";
import type { LineEnd, LineEvents, StartLine, ThreadLine } from "./thread-line.ts";
import { errorFromWire } from "./wire-error.ts";

/** A process of the app's own that outlives it may hold its standard error open: that long its words are waited for, and its frames, which only a copy of it can hold. */
const LAST_TEXT_MS = 250;
const LAST_FRAMES_MS = 5_000;
/** Of its standard error, for the words of a heap that is used up. */
const TAIL_UNITS = 4_000;

type Ask = Extract<ToWatch, { readonly ask: number }>["kind"];

/** A process of its own that runs an app. `memoryMb`: of its heap; null: as Node decides. */
export const processLine =
  (memoryMb: number | null, sourceLine = asItIs): StartLine =>
  (setup, events) => {
    const child = spawned(memoryMb);
    if (child instanceof Error || child.pid === undefined) return lineOfNone(child, events);
    const line = new ProcessLine(child, child.pid, events, { memoryMb, sourceLine });
    line.begin(lineFrame({ setup, watch: workerEntry(import.meta.url, "./watch-thread").href }));
    return line;
  };

function spawned(memoryMb: number | null): ChildProcess | Error {
  const options = process.execArgv.filter((option) => !option.startsWith("--inspect")); // its port is the host's
  if (memoryMb !== null) options.push(`--max-old-space-size=${memoryMb}`);
  const entry = fileURLToPath(workerEntry(import.meta.url, "./process-main"));
  try {
    return spawn(process.execPath, [...options, entry, "perdure-app"], { stdio: ["ignore", "inherit", "pipe", "pipe", "pipe", "pipe"] });
  } catch (error) {
    return error instanceof Error ? error : new Error(errorText(error));
  }
}

/** The machine has no room for a process: that is told as any end is. */
function lineOfNone(child: ChildProcess | Error, { ended }: LineEvents): ThreadLine {
  const end = (error: Error): void => ended({ reason: `it could not be started: ${error.message}`, error });
  if (child instanceof Error) nextTick(end, child);
  else child.once("error", end);
  return {
    ...{ pid: null, claims: new ProcessClaims(() => {}), send: () => {}, kill: () => Promise.resolve() },
    ...{ holder: () => Promise.resolve(null), heapBytes: () => Promise.resolve(null) },
  };
}

interface Settings {
  readonly memoryMb: number | null;
  readonly sourceLine: SourceLine;
}

class ProcessLine implements ThreadLine {
  readonly pid: number;
  readonly claims = new ProcessClaims((message) => this.#tellWatch(message));
  readonly #child: ChildProcess;
  readonly #events: LineEvents;
  readonly #settings: Settings;
  readonly #outbox = hostOutbox((frame) => this.begin(frame));
  readonly #asked = new Map<number, (value: unknown) => void>();
  readonly #exited: Promise<unknown>;
  #asks = 0;
  #lastWords: LastWords | null = null;
  #stderrTail = "";

  constructor(child: ChildProcess, pid: number, events: LineEvents, settings: Settings) {
    this.pid = pid;
    this.#child = child;
    this.#events = events;
    this.#settings = settings;
    child.on("error", () => {}); // a signal that did not reach it: its end is told
    this.#exited = once(child, "exit");
    child.stderr?.on("data", (piece: Buffer) => {
      this.#stderrTail = `${this.#stderrTail}${piece.toString("latin1")}`.slice(-TAIL_UNITS);
      passToStderr(piece);
    });
    const ends = [
      this.#read(PIPES.fromApp, (frame) => this.#received(frame)),
      this.#read(PIPES.watch, ([, message]) => this.#heard(message as FromWatch)),
      this.#read(PIPES.toApp, () => {}),
    ];
    void this.#end(ends);
  }

  begin(frame: Frame): void {
    this.#pipe(PIPES.toApp).write(packet(frame));
  }

  send(message: ToThread): void {
    this.#outbox.add(message);
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  holder(): Promise<string | null> {
    const frames = () => (this.#ask("frames") as Promise<readonly PausedFrame[] | null>).then(innermost);
    const profile = () => (this.#ask("profile") as Promise<string | null>).then(hottest);
    return heldLine([frames, profile], this.#settings.sourceLine);
  }

  heapBytes(): Promise<number | null> {
    return this.#ask("heap") as Promise<number | null>;
  }

  #pipe(number: number): Duplex {
    return (this.#child.stdio as readonly unknown[])[number] as Duplex;
  }

  /** Resolves when nothing more comes from there. */
  #read(number: number, received: (frame: Frame) => void): Promise<void> {
    const pipe: Readable = this.#pipe(number);
    const reader = new PacketReader(received);
    pipe.on("data", (piece: Buffer) => reader.add(piece));
    pipe.on("error", () => {}); // the process has gone
    return new Promise((resolve) => void pipe.once("close", resolve));
  }

  #received(frame: Frame): void {
    const [texts, words] = frame;
    if (texts === "") this.#lastWords = words as LastWords;
    else for (const message of unpack<FromThread>(frame)) this.#events.received(message);
  }

  #heard(message: FromWatch): void {
    switch (message.kind) {
      case "state":
        this.claims.isAs(message);
        break;
      case "withdrawn":
        this.claims.withdrawn(message.isTaken);
        break;
      case "told":
        this.#asked.get(message.ask)?.(message.value);
        this.#asked.delete(message.ask);
    }
  }

  #tellWatch(message: ToWatch): void {
    this.#pipe(PIPES.watch).write(packet(lineFrame(message)));
  }

  #ask(kind: Ask): Promise<unknown> {
    const ask = this.#asks++;
    this.#tellWatch({ kind, ask });
    return new Promise((resolve) => this.#asked.set(ask, resolve));
  }

  async #end(pipes: readonly Promise<void>[]): Promise<void> {
    const closed = once(this.#child, "close");
    await this.#exited;
    await Promise.race([Promise.all(pipes), pause(LAST_FRAMES_MS)]);
    await Promise.race([closed, pause(LAST_TEXT_MS)]);
    for (const resolve of this.#asked.values()) resolve(null);
    this.claims.ended(this.#lastWords);
    this.#events.ended(this.#endOf());
  }

  #endOf(): LineEnd {
    const { exitCode, signalCode } = this.#child;
    const words = this.#lastWords;
    if (words?.wasAborted === true) return { reason: "it ended with process.abort()", error: null };
    if (words?.uncaught != null) return { reason: words.uncaught.reason, error: errorFromWire(words.uncaught.error) };
    if (this.#stderrTail.includes("JavaScript heap out of memory")) return { reason: outOfMemory(this.#settings.memoryMb), error: null };
    if (signalCode !== null) return { reason: `it was ended by ${signalCode}`, error: null };
    return { reason: `it ended with process.exit(${exitCode})`, error: null };
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void runAfter(ms, resolve, false));
