import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { BENCH } from "./paths.ts";

export interface ChildOptions {
  /** Takes `perdure` from its dist instead of its sources; it must have been built. */
  readonly built?: boolean;
  /** Options of Node itself. */
  readonly nodeOptions?: readonly string[];
}

/** A process of ours that talks by messages. Whatever it says out of turn, or its early end, rejects what is waited for. */
export class Child {
  readonly pid: number;
  readonly #process: ChildProcess;
  readonly #waiting: PromiseWithResolvers<unknown>[] = [];
  readonly #received: unknown[] = [];
  #ended: Error | null = null;

  /** `file` lies in bench/. */
  constructor(file: string, argument: unknown, options: ChildOptions = {}) {
    const { built = false, nodeOptions = [] } = options;
    this.#process = fork(`${BENCH}/${file}`, [JSON.stringify(argument)], {
      execArgv: [...(built ? [] : ["-C", "perdure-source"]), ...nodeOptions],
      // Its standard output must not mix with the lines of --json.
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      serialization: "json",
    });
    this.pid = this.#process.pid ?? -1;
    this.#process.on("message", (message) => this.#take(message));
    this.#process.on("error", (error) => this.#end(error));
    this.#process.on("exit", (code, signal) =>
      this.#end(new Error(`${file} ended (${signal ?? `exit code ${String(code)}`}) before it had answered`)),
    );
  }

  /** The next message, in order; a message `{ error }` rejects with that text. */
  async next<Message>(): Promise<Message> {
    const message = await this.#nextRaw();
    if (isFailure(message)) throw new Error(message.error);
    return message as Message;
  }

  send(message: object): void {
    this.#process.send(message);
  }

  async call<Message>(message: object): Promise<Message> {
    this.send(message);
    return await this.next<Message>();
  }

  /** Ends it at once: one that keeps its thread busy hears nothing else. */
  kill(): void {
    this.#process.kill("SIGKILL");
  }

  /** Waits for its end, and makes it end when it does not by itself. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => this.#process.once("exit", () => resolve()));
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), 30_000);
    await ended;
    clearTimeout(timer);
  }

  #nextRaw(): Promise<unknown> {
    const received = this.#received.shift();
    if (received !== undefined) return Promise.resolve(received);
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  #take(message: unknown): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#received.push(message);
    else waiting.resolve(message);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
  }
}

/** Of a process that does one thing, says what came of it, and ends. */
export async function answerOf<Answer>(file: string, argument: unknown): Promise<Answer> {
  const child = new Child(file, argument);
  try {
    return await child.next<Answer>();
  } finally {
    await child.stop();
  }
}

function isFailure(message: unknown): message is { readonly error: string } {
  return typeof message === "object" && message !== null && "error" in message && typeof message.error === "string";
}

// --- the other side ---

export function childArgument<Argument>(): Argument {
  return JSON.parse(process.argv[2] ?? "null") as Argument;
}

/** Sends and waits until it has left, so that an exit right after loses nothing. */
export function tellParent(message: object): Promise<void> {
  const send = process.send?.bind(process);
  if (send === undefined) throw new Error("this file is started by npm run bench, not by hand");
  return new Promise((resolve, reject) => {
    send(message, undefined, undefined, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** What the parent says next; null when it is gone. */
export function nextMessage<Message>(): Promise<Message | null> {
  return new Promise((resolve) => {
    const onMessage = (message: unknown) => {
      process.off("disconnect", onGone);
      resolve(message as Message);
    };
    const onGone = () => {
      process.off("message", onMessage);
      resolve(null);
    };
    process.once("message", onMessage);
    process.once("disconnect", onGone);
  });
}

/** A failure is told and ends the process at once: what still runs in it must not keep it alive. */
export async function runChild(body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    await tellParent({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    process.exit(1);
  }
  if (process.connected) process.disconnect?.();
}
