import type { AppThreads } from "../../app-threads/app-threads.ts";
import { sameName } from "../../model/function-name.ts";
import type { Payload } from "../../model/payload.ts";
import { nodeCrypto } from "../../process/node-crypto.ts";
import { realClock } from "../../process/real-time.ts";
import type { Store } from "../../store/contract.ts";
import { OPEN_STATUSES } from "../option-specs.ts";
import type { CheckResult } from "../replay-check/check.ts";
import { checkRecorded } from "../replay-check/check.ts";
import type { CheckedCode } from "../replay-check/checked-code.ts";
import { checkStates, statesIn, withStates } from "../replay-check/entity-states.ts";
import { recordedIn } from "../replay-check/recorded.ts";
import { replayIn } from "./replay-in.ts";

/** Of orchestrations, and of entities. */
const MOST = 2_000;
const LONGEST_MS = 2_000;

export interface OpenCheck extends CheckResult {
  /** There are more than were looked at. */
  readonly isPart: boolean;
}

/** As `perdure replay-check`, by the threads of the app: the newest open instances, and states of entities, as many as a short time allows. */
export async function checkOpen(store: Store, threads: AppThreads): Promise<OpenCheck> {
  const until = realClock.monotonicMs() + LONGEST_MS;
  const code = codeOf(threads);
  const all = { name: null, sample: null };
  const instances = new Part(recordedIn(store, OPEN_STATUSES, { newestFirst: true }), until);
  const replayed = await checkRecorded(instances.taken(), code, all);
  const states = new Part(statesIn(store), until);
  const checked = await checkStates(states.taken(), code, all);
  return { ...withStates(replayed, checked), isPart: instances.isCut || states.isCut };
}

/** The beginning of a list. */
class Part<One> {
  readonly #all: AsyncIterable<One>;
  readonly #until: number;
  isCut = false;

  constructor(all: AsyncIterable<One>, until: number) {
    this.#all = all;
    this.#until = until;
  }

  async *taken(): AsyncGenerator<One> {
    let count = 0;
    for await (const one of this.#all) {
      if (count === MOST || realClock.monotonicMs() > this.#until) {
        this.isCut = true;
        return;
      }
      count += 1;
      yield one;
    }
  }
}

function codeOf(threads: AppThreads): Omit<CheckedCode, "close"> {
  const { functions } = threads.info;
  const named = (kind: keyof typeof functions, name: string) => functions[kind].find((one) => sameName(one, name)) ?? null;
  return {
    replayer: { replay: (instanceId, history) => replayIn(threads, instanceId, history) },
    has: (kind, name) => named(kind, name) !== null,
    entity: (asked) => {
      const name = named("entity", asked);
      return name === null ? null : { name, load: (state) => loadState(threads, name, state) };
    },
  };
}

async function loadState(threads: AppThreads, name: string, state: Payload): Promise<void> {
  const result = await threads.invoke({ kind: "state", id: nodeCrypto().randomUUID(), name, state });
  if (result.kind === "failed") throw new Error(result.failure.message);
}
