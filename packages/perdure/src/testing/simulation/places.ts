import { createExecutorGroup } from "../../executors/executor-group.ts";
import { wrapExecutor } from "../../executors/wrap-executor.ts";
import type { Declined, Executor } from "../../model/executor.ts";
import type { FunctionKind } from "../../model/function-kind.ts";
import { byKind, KINDS } from "../../model/function-kind.ts";
import type { FunctionSource } from "../../replay/functions/definition.ts";
import { ChangingExecutor } from "../changing-executor.ts";
import { Random } from "../random.ts";
import type { Feature } from "../scenarios/scenario.ts";
import type { NodeTime } from "../virtual-time.ts";
import { lacking, lacksByName } from "./mixed-fleet.ts";
import type { OnProblem } from "./watch-offer.ts";
import { watchTaken } from "./watch-offer.ts";

const PLACES_STREAM = 79;
const MOST_PLACES = 4;
/** No instance of a scenario has it. */
const FOREIGN_VERSION = "v9";
const GONE_MS = 6_000;
const THERE_MS = 8_000;
const FULL: Declined = { kind: "declined", retryAfterMs: 200, elsewhere: true };

/** One life of a process. */
export interface PlaceParts {
  readonly functions: FunctionSource;
  readonly native: (functions: FunctionSource) => Executor;
  readonly time: NodeTime;
  readonly onProblem: OnProblem;
}

export interface SimPlaces {
  readonly features: readonly Feature[];
  readonly open: (parts: PlaceParts) => Executor;
}

/** Of chances of its own: in some seeds user code runs in few places, in places that come and go, in several executors with different functions. */
export function simPlaces(seed: number, isOver: () => boolean): SimPlaces | null {
  const random = new Random(seed, PLACES_STREAM);
  if (!random.chance(0.3)) return null;
  const features: Feature[] = [];
  if (random.chance(0.6)) features.push("few places");
  if (random.chance(0.6)) features.push("places come and go");
  if (random.chance(0.5) || features.length === 0) features.push("executor group");
  const salt = random.int(1_000_000);
  const has = (feature: Feature) => features.includes(feature);

  const member = (inner: Executor, parts: PlaceParts): Executor => {
    const few = byKind(() => ({ capacity: random.between(1, MOST_PLACES) }));
    const places = new ChangingExecutor(inner, has("few places") ? few : {});
    if (has("places come and go")) for (const kind of KINDS) comeAndGo(places, kind, parts.time, random, isOver);
    return places;
  };
  const group = (parts: PlaceParts): Executor => {
    const { functions, native, onProblem } = parts;
    const lacks = lacksByName(2, salt);
    const halves = [0, 1].map((at) => {
      const own = member(native(lacking(functions, (name) => lacks(at, name))), parts);
      return watchTaken(has("few places") ? declinesMore(own) : own, `member ${at} of the group`, onProblem);
    });
    const versions = Object.fromEntries(functions.names.orchestrator.map((name) => [name, [FOREIGN_VERSION]]));
    const foreign = new ChangingExecutor(native(functions), {
      orchestrator: { versions, capacity: 1 },
      activity: { names: [], capacity: 0 },
    });
    return createExecutorGroup([watchTaken(foreign, "the member of another version", onProblem), ...halves]);
  };
  return {
    features,
    open: (parts) => (has("executor group") ? group(parts) : member(parts.native(parts.functions), parts)),
  };
}

/** Until things go well: then it is there for good. */
function comeAndGo(places: ChangingExecutor, kind: FunctionKind, time: NodeTime, random: Random, isOver: () => boolean): void {
  const turn = (ready: boolean): void => {
    places.change({ [kind]: { ready } });
    if (ready && isOver()) return;
    time.after(random.int(ready ? THERE_MS : GONE_MS), () => turn(!ready || isOver()));
  };
  turn(random.chance(0.8));
}

/** A group does not count what runs in each member: one that is full says so. */
function declinesMore(inner: Executor): Executor {
  const running = byKind(() => ({ count: 0 }));
  const within = async <Result>(kind: FunctionKind, run: () => Promise<Result>): Promise<Result | Declined> => {
    if (running[kind].count >= (inner.offer[kind].capacity ?? Number.POSITIVE_INFINITY)) return FULL;
    running[kind].count += 1;
    try {
      return await run();
    } finally {
      running[kind].count -= 1;
    }
  };
  return wrapExecutor(inner, {
    runEpisode: (request) => within("orchestrator", () => inner.runEpisode(request)),
    runActivity: (request) => within("activity", () => inner.runActivity(request)),
  });
}
