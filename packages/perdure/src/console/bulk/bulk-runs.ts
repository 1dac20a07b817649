import { countOf } from "../../client/inspect/count.ts";
import { clientFilter } from "../../client/inspect/lists.ts";
import type { InspectedRow, Inspector } from "../../client/inspect/types.ts";
import type { HubClient } from "../../client/types.ts";
import { fault, PerdureError } from "../../errors/perdure-error.ts";
import type { Scheduler } from "../../process/clock.ts";
import { nodeCrypto } from "../../process/node-crypto.ts";
import type { EngineLog } from "../../telemetry/engine-log.ts";
import { wireErrorOf } from "../answers.ts";
import type { Act } from "../instance-actions.ts";
import { actOn } from "../instance-actions.ts";
import type { BulkAction, BulkRun, Count } from "../wire.ts";
import type { Chosen } from "./slices.ts";
import { isFor, slicesOf } from "./slices.ts";

const SLICE = 100;
/** At once, within a slice. */
const LANES = 8;
const COUNT_CAP = 10_000;
const SAMPLES = 5;
const MOST_PROBLEMS = 20;
/** Failures of the host or its store, one after another, that end a run: the rest would fail as well. */
const TOO_MANY_FAILURES = 50;
/** The latest ones. */
const KEPT_RUNS = 100;

export interface BulkParts {
  readonly client: HubClient;
  readonly inspector: Inspector;
  readonly log: EngineLog;
  readonly scheduler: Pick<Scheduler, "after">;
  readonly now: () => number;
  readonly isClosing: () => boolean;
  /** A run is another than it was. */
  readonly changed: (run: BulkRun) => void;
}

/** What is counted; it may not be known yet what is to be sent to them. */
export interface Counted {
  readonly action: BulkAction;
  readonly chosen: Chosen;
}

export interface BulkOrder {
  readonly act: Act;
  readonly chosen: Chosen;
  readonly perSecond: number;
  /** Who asked, for the log. */
  readonly by: string;
}

/** Something is done to many instances, in the memory of this host: when it dies, what is done is done, and no more is. */
export class BulkRuns {
  readonly #parts: BulkParts;
  readonly #runs = new Map<string, BulkRun>();
  readonly #canceled = new Set<string>();

  constructor(parts: BulkParts) {
    this.#parts = parts;
  }

  /** How many, and the first of them; nothing is done. */
  count(asked: Counted): Promise<BulkRun> {
    return this.#counted(asked, "counted");
  }

  async begin(order: BulkOrder): Promise<BulkRun> {
    const run = await this.#counted({ action: order.act.action, chosen: order.chosen }, "running");
    this.#runs.set(run.run, run);
    for (const old of this.#runs.keys())
      if (this.#runs.size > KEPT_RUNS && this.#runs.get(old)?.state !== "running") this.#runs.delete(old);
    void this.#run(run.run, order);
    return run;
  }

  /** Throws CONSOLE_BULK_UNKNOWN. */
  get(id: string): BulkRun {
    const run = this.#runs.get(id);
    if (run === undefined) throw fault("CONSOLE_BULK_UNKNOWN", id);
    return run;
  }

  /** It ends behind what it is doing now. */
  cancel(id: string): BulkRun {
    const run = this.get(id);
    if (run.state === "running") this.#canceled.add(id);
    return run;
  }

  async #counted({ action, chosen }: Counted, state: "counted" | "running"): Promise<BulkRun> {
    const { client, inspector, now } = this.#parts;
    const [matched, sample] = await Promise.all([matchedBy(client, chosen), samplesOf(inspector, chosen)]);
    const none = { done: 0, skipped: 0, failed: 0, problems: [], error: null };
    const startedAt = now();
    const endedAt = state === "counted" ? startedAt : null;
    return { run: nodeCrypto().randomUUID(), action, state, matched, sample, startedAt, endedAt, ...none };
  }

  async #run(id: string, order: BulkOrder): Promise<void> {
    const { inspector, scheduler } = this.#parts;
    const size = Math.max(1, Math.min(SLICE, Math.ceil(order.perSecond / 2)));
    let failures = 0;
    try {
      for await (const slice of slicesOf(inspector, order.chosen, size)) {
        const pause = new Promise<void>((resolve) => void scheduler.after((1_000 * slice.length) / order.perSecond, resolve));
        failures = await this.#slice(id, order.act, slice, failures);
        if (this.#isOver(id)) return this.#end(id, order, { state: "canceled" });
        await pause;
      }
      this.#end(id, order, { state: "finished" });
    } catch (error) {
      this.#end(id, order, { state: "failed", error: wireErrorOf(error, `POST /bulk (${order.act.action})`, this.#parts.log) });
    }
  }

  #isOver(id: string): boolean {
    return this.#canceled.has(id) || this.#parts.isClosing();
  }

  /** Gives the number of failures one after another. Rejects when they are too many. */
  async #slice(id: string, act: Act, slice: readonly InspectedRow[], before: number): Promise<number> {
    let failures = before;
    for (let at = 0; at < slice.length && !this.#isOver(id); at += LANES) {
      const outcomes = await Promise.all(slice.slice(at, at + LANES).map((row) => this.#one(act, row)));
      const failed = outcomes.flatMap((outcome) => (typeof outcome === "object" ? [outcome] : []));
      failures = failed.length === outcomes.length ? failures + failed.length : 0;
      const run = this.get(id);
      this.#change(id, {
        done: run.done + outcomes.filter((outcome) => outcome === "done").length,
        skipped: run.skipped + outcomes.filter((outcome) => outcome === "skipped").length,
        failed: run.failed + failed.length,
        problems: [...run.problems, ...failed.map(({ instance, error }) => ({ id: instance, message: error.message }))].slice(
          0,
          MOST_PROBLEMS,
        ),
      });
      const [first] = failed;
      if (failures >= TOO_MANY_FAILURES && first !== undefined) throw first.error;
    }
    this.#parts.changed(this.get(id));
    return failures;
  }

  async #one(act: Act, row: InspectedRow): Promise<"done" | "skipped" | { readonly instance: string; readonly error: PerdureError }> {
    if (!isFor(act.action, row)) return "skipped";
    try {
      await actOn(this.#parts.client, row.id, act);
      return "done";
    } catch (error) {
      if (!(error instanceof PerdureError)) throw error;
      return OVERTAKEN.has(error.code) ? "skipped" : { instance: row.id, error };
    }
  }

  #change(id: string, change: Partial<BulkRun>): void {
    this.#runs.set(id, { ...this.get(id), ...change });
  }

  #end(id: string, { by }: BulkOrder, change: Partial<BulkRun>): void {
    const { log, now, changed } = this.#parts;
    this.#change(id, { ...change, endedAt: now() });
    this.#canceled.delete(id);
    const run = this.get(id);
    const { action, state, done, skipped, failed } = run;
    const message = `${action} of many instances ${state}, asked for by ${by}: ${done} done, ${skipped} passed over, ${failed} failed.`;
    log.write({ level: "info", event: "console.bulk", message, fields: { run: id, action, state, by, done, skipped, failed } });
    changed(run);
  }
}

/** It is in another state than when it was read. */
const OVERTAKEN: ReadonlySet<string> = new Set([
  "INSTANCE_DONE",
  "INSTANCE_NOT_FOUND",
  "INSTANCE_NOT_TERMINAL",
  "INSTANCE_NOT_FAILED",
  "INSTANCE_EXISTS",
]);

async function matchedBy(client: HubClient, chosen: Chosen): Promise<Count> {
  if ("ids" in chosen) return { n: chosen.ids.length, isExact: true };
  return countOf(await client.count({ filter: clientFilter(chosen.filter), cap: COUNT_CAP }));
}

async function samplesOf(inspector: Inspector, chosen: Chosen): Promise<readonly InspectedRow[]> {
  if ("ids" in chosen) return inspector.lookup(chosen.ids.slice(0, SAMPLES));
  return (await inspector.list({ ...chosen.filter, limit: SAMPLES })).rows;
}
