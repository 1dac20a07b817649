import { limitAnswers } from "../../executors/limit-answers.ts";
import { createNativeExecutor } from "../../executors/native-executor.ts";
import type { Executor } from "../../model/executor.ts";
import type { Ids } from "../../process/clock.ts";
import type { FunctionSource } from "../../replay/functions/definition.ts";
import type { Lossy } from "../lossy-executor.ts";
import { createLossyExecutor } from "../lossy-executor.ts";
import type { Recorder } from "../recorder.ts";
import type { NodeTime } from "../virtual-time.ts";
import { PLACE_LIMITS } from "./lossy-places.ts";
import type { SimPlaces } from "./places.ts";
import { watchExecutor } from "./sim-executor.ts";
import type { OnProblem } from "./watch-offer.ts";
import { watchCapacity, watchTaken } from "./watch-offer.ts";

/** How user code is run in all processes of a seed. */
export interface ExecutorOfSeed {
  /** How long after it has run an episode is answered, ms; default: at once. */
  readonly episodeLag?: () => number;
  /** Where user code runs; default: on the process's thread, without limits. */
  readonly places?: SimPlaces;
  /** What becomes of calls to the executor; default: all are carried out. */
  readonly lossy?: Omit<Lossy, "after">;
}

export interface ProcessExecutorParts extends ExecutorOfSeed {
  readonly functions: FunctionSource;
  readonly time: NodeTime;
  readonly ids: Ids;
  readonly recorder: Recorder;
  readonly boundary: (point: string) => void;
  readonly onProblem: OnProblem;
}

/** The executor of one life of a process: `native` ends with it, `executor` is what its worker is given. */
export function openExecutor(parts: ProcessExecutorParts): { readonly native: Executor; readonly executor: Executor } {
  const { functions, time, ids, recorder, boundary, onProblem, places, lossy, episodeLag: lag = () => 0 } = parts;
  const create = (some: FunctionSource) => createNativeExecutor({ functions: some, scheduler: time, clock: time, ids });
  const native = places === undefined ? create(functions) : places.open({ functions, native: create, time, onProblem });
  const after = (ms: number, task: () => void) => void time.after(ms, task);
  const limited = lossy === undefined ? native : limitAnswers(createLossyExecutor(native, { ...lossy, after }), PLACE_LIMITS, time);
  // What the engine asks of it is kept to what it offers.
  const inner = places === undefined ? limited : watchCapacity(watchTaken(limited, "the executor", onProblem), onProblem);
  return { native, executor: watchExecutor({ inner, time, recorder, boundary, lag }) };
}
