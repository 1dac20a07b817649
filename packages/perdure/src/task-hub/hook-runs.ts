import { within } from "../engine/time/within.ts";
import { fault, faultFrom } from "../errors/perdure-error.ts";
import type { AppContext, AppHook } from "../functions/app-hooks.ts";
import type { DurableClient } from "../functions/client-types.ts";
import type { Scheduler } from "../process/clock.ts";
import type { LogEntry } from "../telemetry/engine-log.ts";
import { functionLoggerTo } from "../telemetry/function-logger.ts";
import type { HubLogs } from "../telemetry/log-option.ts";
import { valueText } from "../telemetry/value-text.ts";

export interface HookSurroundings {
  readonly hooks: readonly AppHook[];
  readonly logs: HubLogs;
  readonly taskHub: string;
  readonly client: () => DurableClient;
  readonly scheduler: Scheduler;
}

/**
 * What an app does at its start and stop. Start hooks run in the order in which they are registered, and the first that throws ends the start; stop
 * hooks run in the opposite order, each of them whatever becomes of the others, and only where a start was begun: they must cope with one that failed.
 */
export class HookRuns {
  readonly #around: HookSurroundings;
  readonly #starting = new AbortController();
  #started: Promise<void> | null = null;
  #runsWorker = false;

  constructor(around: HookSurroundings) {
    this.#around = around;
  }

  /** Once; a process that begins with client functions alone stays what it was for its hooks. */
  start(runsWorker: boolean): Promise<void> {
    this.#started ??= this.#start(runsWorker);
    return this.#started;
  }

  /** The hub is being closed: a start hook that waits for something should give up. */
  cancelStart(): void {
    this.#starting.abort(fault("HUB_CLOSED"));
  }

  async stop(limitMs: number): Promise<void> {
    const hooks = this.#hooks("stop").reverse();
    if (this.#started === null || hooks.length === 0) return;
    const { scheduler } = this.#around;
    const over = new AbortController();
    const all = this.#stopAll(hooks, over.signal);
    const { kind } = await within(scheduler, limitMs, all);
    if (kind !== "late") return;
    over.abort(fault("HUB_CLOSED"));
    this.#say("warn", "hook.stop-late", `A function of onStop took longer than ${limitMs} ms: it is abandoned`, {});
  }

  async #start(runsWorker: boolean): Promise<void> {
    this.#runsWorker = runsWorker;
    for (const { handler } of this.#hooks("start")) {
      if (this.#starting.signal.aborted) throw fault("HUB_CLOSED");
      try {
        await handler(this.#context("onStart", this.#starting.signal));
      } catch (error) {
        throw faultFrom(error, "START_HOOK_FAILED", valueText(error instanceof Error ? error.message : error));
      }
    }
  }

  async #stopAll(hooks: readonly AppHook[], signal: AbortSignal): Promise<void> {
    for (const { handler } of hooks) {
      try {
        await handler(this.#context("onStop", signal));
      } catch (error) {
        this.#say("error", "hook.stop-failed", "A function of onStop failed", { error });
      }
    }
  }

  #hooks(on: AppHook["on"]): AppHook[] {
    return this.#around.hooks.filter((hook) => hook.on === on);
  }

  #context(hook: string, signal: AbortSignal): AppContext {
    const { client, taskHub, logs } = this.#around;
    return { client: client(), log: functionLoggerTo(logs.functionLog, { hook }), taskHub, runsWorker: this.#runsWorker, signal };
  }

  #say(level: LogEntry["level"], event: string, message: string, fields: LogEntry["fields"]): void {
    this.#around.logs.log.write({ level, event, message, fields });
  }
}
