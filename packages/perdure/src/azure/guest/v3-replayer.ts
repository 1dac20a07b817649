import { isBuiltIn } from "../../errors/built-in-names.ts";
import type { HistoryReplay } from "../../executors/history-replayer.ts";
import { isFreshlyEdited, otherEnd } from "../../executors/other-end.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { InstanceId } from "../../model/ids.ts";
import { failurePlace } from "../../replay/diagnosis/divergence-probe.ts";
import { AskedPlaces } from "./asked-places.ts";
import { FunctionLog } from "./function-log.ts";
import type { FunctionTable } from "./function-table.ts";
import type { FunctionsCore } from "./functions-core.ts";
import { Invoker } from "./invoker.ts";
import { Orchestration } from "./orchestration.ts";
import { V3Payloads } from "./payloads.ts";
import { divergenceAt, repeated } from "./restore.ts";
import type { V3Functions, V3Settings } from "./v3-function.ts";
import { v3Functions } from "./v3-functions.ts";
import { DEFAULT_V3_SETTINGS } from "./v3-settings.ts";

const NO_PATCHES: ReadonlyMap<string, boolean> = new Map();
const CLEAN: HistoryReplay = { found: null, outcome: null, patches: NO_PATCHES };
/** What was recorded was within the limits of its time. */
const NO_LIMITS = { maxPayloadBytes: Number.MAX_SAFE_INTEGER, maxActions: Number.MAX_SAFE_INTEGER };

/** Repeats whole recorded histories of an Azure app, each by itself, and records nothing: what `HistoryReplayer` is for native ones. */
export class V3Replayer {
  readonly #functions: V3Functions;
  readonly #settings: V3Settings;
  readonly #payloads: V3Payloads;

  constructor(functions: V3Functions, settings: Partial<V3Settings> = {}) {
    this.#functions = functions;
    this.#settings = { ...DEFAULT_V3_SETTINGS, ...settings, ...NO_LIMITS };
    this.#payloads = new V3Payloads(this.#settings);
  }

  /** `history`: of one generation, from its beginning. `inputsFrom`: see {@link repeated}. */
  async replay(instanceId: InstanceId, history: readonly HistoryEvent[], inputsFrom: number | null = null): Promise<HistoryReplay> {
    const started = history.find((event) => event.kind === "ExecutionStarted");
    if (started === undefined || isFreshlyEdited(history)) return CLEAN; // nothing has run yet
    const { name, version, generation } = started;
    if (isBuiltIn(name)) return CLEAN; // it runs code of Perdure, and none of the app
    const fn = this.#functions.find("orchestrator", name);
    if (fn === null) return { ...CLEAN, found: { kind: "missing", name, version } };
    const places = new AskedPlaces();
    const cursor = new Orchestration({ instanceId, generation, fn, payloads: this.#payloads, settings: this.#settings, places });
    const found = await repeated(cursor, history, [], inputsFrom);
    if (found !== null) return { ...CLEAN, found };
    const result = cursor.result();
    const outcome = result.kind === "ran" ? result.outcome : null;
    const end = otherEnd(history, outcome);
    if (end === null) return { ...CLEAN, outcome };
    // Errors of the library hold those of all tasks, with their stacks.
    const texts = { asked: firstLine(end.asked), recorded: firstLine(end.recorded) };
    const divergence = divergenceAt(cursor, history, { ...end, ...texts, place: failurePlace(outcome) ?? places.of(null) });
    return { found: { kind: "diverged", divergence }, outcome, patches: NO_PATCHES };
  }
}

/** Of a loaded app. What its code logs meanwhile is not written. */
export function v3Replayer(core: FunctionsCore, table: FunctionTable): V3Replayer {
  const log = new FunctionLog({ default: "None" }, () => {});
  return new V3Replayer(v3Functions(table, new Invoker({ core, log, client: () => "{}", bindings: null, timeoutMs: null })));
}

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? "";
