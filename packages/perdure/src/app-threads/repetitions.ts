import type { HistoryReplay } from "../executors/history-replayer.ts";
import { HistoryReplayer } from "../executors/history-replayer.ts";
import type { FunctionRegistry } from "../functions/registry.ts";
import type { EpisodeResult } from "../model/executor.ts";
import type { HistoryEvent } from "../model/history.ts";
import type { InstanceId } from "../model/ids.ts";
import { instanceNo } from "../model/ids.ts";
import { jsonCodec } from "../model/payload.ts";
import { inEngine } from "../process/code-scope.ts";
import type { Divergence } from "../replay/cursor/action-match.ts";
import type { CursorHost } from "../replay/cursor/cursor-host.ts";
import { DrainQueue } from "../replay/cursor/drain.ts";
import { withPlace } from "../replay/diagnosis/divergence-probe.ts";
import { DEFAULT_PAYLOAD_LIMITS, PayloadEncoder } from "../replay/values/payload-encoder.ts";

const AGAIN: EpisodeResult = { kind: "historyNeeded" };
/** Code that is not deterministic goes its other way in one of a few runs. */
const MOST_TRIES = 6;

/** Repeats recorded histories where a native app runs, and names the line also of code that goes another way at each run. */
export class Repetitions {
  readonly #functions: FunctionRegistry;
  readonly #replayer: HistoryReplayer;
  readonly #host: CursorHost;

  constructor(functions: FunctionRegistry) {
    this.#functions = functions;
    this.#replayer = new HistoryReplayer(functions);
    this.#host = {
      functions,
      encoder: new PayloadEncoder(jsonCodec, { ...DEFAULT_PAYLOAD_LIMITS, maxBytes: Number.MAX_SAFE_INTEGER }),
      log: () => {},
      drain: new DrainQueue(),
      maxActions: Number.MAX_SAFE_INTEGER,
      stuck: () => AGAIN,
      diverged: () => AGAIN,
      unguarded: () => AGAIN,
      released: () => {},
    };
  }

  /** `history`: of one generation, from its beginning. */
  async replay(instanceId: InstanceId, history: readonly HistoryEvent[]): Promise<HistoryReplay> {
    const replay = await this.#replayer.replay(instanceId, history);
    const { found } = replay;
    if (found?.kind !== "diverged" || found.divergence.place !== null) return replay;
    const divergence = await inEngine(() => this.#placed(instanceId, history, found.divergence));
    return { ...replay, found: { kind: "diverged", divergence } };
  }

  async #placed(instanceId: InstanceId, history: readonly HistoryEvent[], found: Divergence): Promise<Divergence> {
    const started = history.find((event) => event.kind === "ExecutionStarted");
    const definition = started === undefined ? null : this.#functions.orchestratorFor(started.name, started.version);
    if (started === undefined || definition === null) return found;
    const target = { no: instanceNo(1), instanceId, generation: started.generation, definition };
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      const placed = await withPlace(this.#host, target, history, found);
      if (placed.place !== null) return placed;
    }
    return found;
  }
}
