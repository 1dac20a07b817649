import { beginCall } from "../../app-threads/call-place.ts";
import { messageOf } from "../../errors/perdure-error.ts";
import type { EntityBatchRequest } from "../../model/entity-batch.ts";
import type { EntityBatchResult, EpisodeRequest, EpisodeResult } from "../../model/executor.ts";
import { FreshMap } from "../../model/fresh-map.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { InstanceId, InstanceNo } from "../../model/ids.ts";
import type { Divergence } from "../../replay/cursor/action-match.ts";
import { AuthorCalls } from "./author-calls.ts";
import { runEntityBatch } from "./entity-batch.ts";
import type { EpisodeGroup } from "./episode-groups.ts";
import { groupsOf } from "./episode-groups.ts";
import { Orchestration } from "./orchestration.ts";
import { V3Payloads } from "./payloads.ts";
import { restored } from "./restore.ts";
import type { V3Function, V3Functions, V3Settings } from "./v3-function.ts";
import { V3Replayer } from "./v3-replayer.ts";
import { DEFAULT_V3_SETTINGS } from "./v3-settings.ts";

export interface V3ExecutorOptions {
  readonly functions: V3Functions;
  readonly settings?: Partial<V3Settings>;
  /** Repeats what does not fit its history, to name the line. Default: one that runs these functions. */
  readonly replayer?: V3Replayer;
}

const HISTORY_NEEDED: EpisodeResult = { kind: "historyNeeded" };
const NO_EVENTS: readonly HistoryEvent[] = [];

/** Runs orchestrators and entities of `durable-functions` 3.x, by the library's own executor. Activities are run as all other functions of the app. */
export function createV3Executor({
  functions,
  settings = {},
  replayer = new V3Replayer(functions, settings),
}: V3ExecutorOptions): V3Executor {
  return new V3Executor(functions, { ...DEFAULT_V3_SETTINGS, ...settings }, replayer);
}

export class V3Executor {
  readonly #functions: V3Functions;
  readonly #settings: V3Settings;
  readonly #payloads: V3Payloads;
  readonly #replayer: V3Replayer;
  readonly #cursors = new FreshMap<InstanceNo, Orchestration>();
  readonly #authors = new Map<V3Function, AuthorCalls>();

  constructor(functions: V3Functions, settings: V3Settings, replayer: V3Replayer) {
    this.#functions = functions;
    this.#replayer = replayer;
    this.#settings = settings;
    this.#payloads = new V3Payloads(settings);
  }

  /** A live cursor answers at once. */
  runEpisode(request: EpisodeRequest): EpisodeResult | Promise<EpisodeResult> {
    const { no, generation, episode, history, fresh } = request;
    if (history !== null) return this.#restore(request, history);
    const live = this.#cursors.get(no);
    if (live === undefined || live.parts.generation !== generation || live.episode !== episode)
      return episode > 0 ? HISTORY_NEEDED : this.#restore(request, NO_EVENTS);
    beginCall();
    live.step(groupOf(fresh), false);
    return this.#answer(no, live);
  }

  async #restore({ no, instanceId, generation, name, fresh }: EpisodeRequest, history: readonly HistoryEvent[]): Promise<EpisodeResult> {
    this.#cursors.delete(no);
    const fn = this.#functions.find("orchestrator", name);
    if (fn === null) {
      const message = messageOf("FUNCTION_NOT_REGISTERED", "orchestrator", name, this.#functions.names.orchestrator);
      return { kind: "stopped", code: "FUNCTION_NOT_REGISTERED", message };
    }
    const parts = { instanceId, generation, fn, author: this.#authorOf(fn), payloads: this.#payloads, settings: this.#settings };
    const cursor = new Orchestration(parts);
    if (this.#settings.keepsCursors) this.#cursors.set(no, cursor); // a `forget` while it is restored takes it away again
    const stopped = await restored(cursor, history, fresh, (found) => this.#placed(instanceId, history, found));
    if (stopped === null) return this.#answer(no, cursor);
    this.#drop(no, cursor);
    return stopped;
  }

  /** A stack of each call costs more than the call: only a replay that has found something pays for it. What is found at another place is another thing. */
  async #placed(instanceId: InstanceId, history: readonly HistoryEvent[], found: Divergence): Promise<Divergence> {
    const { found: again } = await this.#replayer.replay(instanceId, history);
    if (again?.kind !== "diverged" || again.divergence.asked !== found.asked) return found;
    return { ...found, place: again.divergence.place };
  }

  #authorOf(fn: V3Function): AuthorCalls {
    const known = this.#authors.get(fn) ?? new AuthorCalls();
    this.#authors.set(fn, known);
    return known;
  }

  #answer(no: InstanceNo, cursor: Orchestration): EpisodeResult {
    const result = cursor.result();
    if (result.kind !== "ran" || result.outcome !== null) this.#drop(no, cursor);
    return result;
  }

  #drop(no: InstanceNo, cursor: Orchestration): void {
    if (this.#cursors.get(no) === cursor) this.#cursors.delete(no);
  }

  runEntityBatch(request: EntityBatchRequest): Promise<EntityBatchResult> {
    return runEntityBatch({ functions: this.#functions, payloads: this.#payloads }, request);
  }

  forget(no: InstanceNo): void {
    this.#cursors.delete(no);
  }

  close(): void {
    this.#cursors.clear();
  }
}

/** What is to be delivered holds exactly one OrchestratorStarted. */
function groupOf(fresh: readonly HistoryEvent[]): EpisodeGroup {
  const [group] = groupsOf(fresh);
  if (group === undefined) throw new Error("the episode has no OrchestratorStarted");
  return group;
}
