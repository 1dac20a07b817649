import { messageOf } from "../errors/perdure-error.ts";
import type { EpisodeOutcome, EpisodeResult } from "../model/executor.ts";
import type { ExecutionStarted, HistoryEvent } from "../model/history.ts";
import type { InstanceId } from "../model/ids.ts";
import { instanceNo } from "../model/ids.ts";
import type { PayloadCodec } from "../model/payload.ts";
import { jsonCodec } from "../model/payload.ts";
import { inEngine, runScoped } from "../process/code-scope.ts";
import type { Divergence } from "../replay/cursor/action-match.ts";
import { Cursor } from "../replay/cursor/cursor.ts";
import type { CursorHost, CursorTarget } from "../replay/cursor/cursor-host.ts";
import { DrainQueue } from "../replay/cursor/drain.ts";
import { failurePlace, withPlace } from "../replay/diagnosis/divergence-probe.ts";
import { explainStuck } from "../replay/diagnosis/stuck-probe.ts";
import type { FunctionSource } from "../replay/functions/definition.ts";
import { DEFAULT_PAYLOAD_LIMITS, PayloadEncoder } from "../replay/values/payload-encoder.ts";
import { isFreshlyEdited, otherEnd } from "./other-end.ts";

export interface HistoryReplay {
  readonly found: ReplayFinding | null;
  /** How the code ends; null: it waits. */
  readonly outcome: EpisodeOutcome | null;
  /** What the code was told about the patches that it asked for. */
  readonly patches: ReadonlyMap<string, boolean>;
}

export type ReplayFinding =
  /** No such orchestrator. */
  | { readonly kind: "missing"; readonly name: string; readonly version: string | null }
  /** It is there, and takes no such version. */
  | { readonly kind: "notTaken"; readonly name: string; readonly version: string | null }
  | { readonly kind: "diverged"; readonly divergence: Divergence }
  /** What else stops an instance, such as a promise that is not durable. */
  | { readonly kind: "stopped"; readonly code: string; readonly message: string };

const NO_PATCHES: ReadonlyMap<string, boolean> = new Map();
const CLEAN: HistoryReplay = { found: null, outcome: null, patches: NO_PATCHES };
const AGAIN: EpisodeResult = { kind: "historyNeeded" };
/** Guards that were put in place late make a replay begin again; there are few. */
const MOST_TRIES = 5;

export interface HistoryReplayOptions {
  readonly codec?: PayloadCodec;
  /** So often the line of a divergence is looked for (1). Code that is not deterministic goes its other way in one of a few runs. */
  readonly placeTries?: number;
}

/** Replays whole recorded histories, each in a cursor that nothing else uses, and records nothing. Needs the deterministic globals. */
export class HistoryReplayer {
  readonly #functions: FunctionSource;
  readonly #host: CursorHost;
  readonly #placeTries: number;
  #replayed = 0;

  constructor(functions: FunctionSource, { codec = jsonCodec, placeTries = 1 }: HistoryReplayOptions = {}) {
    this.#functions = functions;
    this.#placeTries = placeTries;
    this.#host = {
      functions,
      encoder: new PayloadEncoder(codec, { ...DEFAULT_PAYLOAD_LIMITS, maxBytes: Number.MAX_SAFE_INTEGER }),
      log: () => {},
      drain: new DrainQueue(),
      runScoped,
      maxActions: Number.MAX_SAFE_INTEGER,
      stuck: () => AGAIN,
      diverged: () => AGAIN,
      unguarded: () => AGAIN,
      released: () => {},
    };
  }

  /** `history`: of one generation, from its beginning. */
  replay(instanceId: InstanceId, history: readonly HistoryEvent[]): Promise<HistoryReplay> {
    return inEngine(() => this.#replay(instanceId, history));
  }

  async #replay(instanceId: InstanceId, history: readonly HistoryEvent[]): Promise<HistoryReplay> {
    const started = history.find((event) => event.kind === "ExecutionStarted");
    if (started === undefined) return CLEAN; // no code has run yet
    if (isFreshlyEdited(history)) return CLEAN;
    const { name, version, generation } = started;
    const definition = this.#functions.orchestratorFor(name, version);
    if (definition === null) {
      const kind = this.#functions.find("orchestrator", name) === null ? "missing" : "notTaken";
      return { ...CLEAN, found: { kind, name, version } };
    }
    this.#replayed += 1;
    const target: CursorTarget = { no: instanceNo(this.#replayed), instanceId, generation, definition };
    for (let attempt = 1; ; attempt += 1) {
      const cursor = new Cursor(this.#host, target, true);
      const result = await cursor.run(history, []);
      const patches = cursor.call.patches.answers;
      if (result.kind === "ran") {
        const divergence = endDivergence(instanceId, started, history, result.outcome);
        return { found: divergence === null ? null : { kind: "diverged", divergence }, outcome: result.outcome, patches };
      }
      if (cursor.divergence !== null) {
        const divergence = await this.#placed(target, history, cursor.divergence);
        return { found: { kind: "diverged", divergence }, outcome: null, patches };
      }
      const stopped = cursor.call.isStuck ? await explainStuck(this.#host, target, history, []) : result;
      if (stopped.kind === "stopped") return { found: stopped, outcome: null, patches };
      if (attempt === MOST_TRIES) {
        const message = messageOf("INTERNAL", `the history of "${instanceId}" was replayed ${attempt} times without an answer`);
        return { found: { kind: "stopped", code: "INTERNAL", message }, outcome: null, patches };
      }
    }
  }

  async #placed(target: CursorTarget, history: readonly HistoryEvent[], found: Divergence): Promise<Divergence> {
    let placed = found;
    for (let tries = 0; placed.place === null && tries < this.#placeTries; tries += 1)
      placed = await withPlace(this.#host, target, history, found);
    return placed;
  }
}

function endDivergence(
  instanceId: InstanceId,
  { name, version }: ExecutionStarted,
  history: readonly HistoryEvent[],
  outcome: EpisodeOutcome | null,
): Divergence | null {
  const end = otherEnd(history, outcome);
  return end === null ? null : { name, instanceId, ...end, ts: history.at(-1)?.ts ?? 0, version, place: failurePlace(outcome) };
}
