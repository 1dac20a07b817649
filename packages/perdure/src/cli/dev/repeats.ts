import type { AppThreads } from "../../app-threads/app-threads.ts";
import { isBuiltIn } from "../../errors/built-in-names.ts";
import type { ReplayFinding } from "../../executors/history-replayer.ts";
import type { InstanceNo } from "../../model/ids.ts";
import { realClock } from "../../process/real-time.ts";
import { runAfter } from "../../process/timers.ts";
import type { Store } from "../../store/contract.ts";
import { parseHistory } from "../../store/parse.ts";
import { interceptStore } from "../../testing/store-proxy.ts";
import { replayIn } from "./replay-in.ts";

/** What the old threads record while the code is another one already says nothing about that code. */
const OLD_CODE_MS = 1_000;
/** Instances that wait for their turn. */
const MOST_OPEN = 10_000;

export interface Repeated {
  readonly instanceId: string;
  readonly name: string;
  readonly version: string | null;
  readonly finding: ReplayFinding;
}

/**
 * Repeats each instance that has run an episode from its recorded history, in a cursor of its own, by the code that has just run it. What it does otherwise
 * is not determined by its history. Nothing is recorded. Half of the time of one thread at most goes into this.
 */
export class Repeats {
  readonly #found: (repeated: Repeated) => void;
  /** Their generation, when they ran. */
  readonly #open = new Map<InstanceNo, number>();
  #source: { readonly store: Store; readonly threads: AppThreads; readonly now: () => number } | null = null;
  #codeSince = 0;
  #isRunning = false;
  #reloads = 0;
  #quietUntil = 0;
  #isClosed = false;

  constructor(found: (repeated: Repeated) => void) {
    this.#found = found;
  }

  /** The same store; what is committed there was recorded. The answer of a commit does not wait. */
  watch(store: Store): Store {
    return {
      ...interceptStore(store, (_, call) => call()),
      commit: async (batch) => {
        const receipt = await store.commit(batch);
        for (const { no, generation } of batch.history) this.#add(no, generation);
        return receipt;
      },
    };
  }

  /** `now`: store time. */
  begin(store: Store, threads: AppThreads, now: () => number): void {
    this.#source = { store, threads, now };
    this.#codeSince = now();
    this.#runSoon();
  }

  /** Other code runs from now on. */
  reloaded(): void {
    this.#reloads += 1;
    this.#open.clear();
    this.#quietUntil = realClock.monotonicMs() + OLD_CODE_MS;
    this.#codeSince = (this.#source?.now() ?? 0) + OLD_CODE_MS;
  }

  close(): void {
    this.#isClosed = true;
    this.#open.clear();
  }

  #add(no: InstanceNo, generation: number): void {
    if (this.#isClosed || this.#open.size >= MOST_OPEN || realClock.monotonicMs() < this.#quietUntil) return;
    this.#open.set(no, generation);
    this.#runSoon();
  }

  #runSoon(): void {
    if (this.#isRunning || this.#source === null || this.#open.size === 0) return;
    this.#isRunning = true;
    void this.#next();
  }

  async #next(): Promise<void> {
    const [first] = this.#open;
    if (first === undefined || this.#source === null) {
      this.#isRunning = false;
      return;
    }
    const [no, generation] = first;
    this.#open.delete(no);
    const began = realClock.monotonicMs();
    const reloads = this.#reloads;
    const repeated = await this.#repeat(no, generation).catch(() => null); // a store that is away: the next episode comes
    if (repeated !== null && reloads === this.#reloads && !this.#isClosed) this.#found(repeated);
    runAfter(realClock.monotonicMs() - began, () => void this.#next(), false);
  }

  async #repeat(no: InstanceNo, generation: number): Promise<Repeated | null> {
    if (this.#source === null) return null;
    const { store, threads } = this.#source;
    const [loaded] = await store.load([no]);
    if (loaded === undefined || isBuiltIn(loaded.row.name)) return null;
    const { instanceId, name, orchestrationVersion: version } = loaded.row;
    const history = parseHistory(await store.loadHistory(no, generation));
    const { found: finding } = await replayIn(threads, instanceId, history, this.#codeSince);
    const isOfApp = finding === null || finding.kind === "missing" || finding.kind === "notTaken";
    return isOfApp ? null : { instanceId, name, version, finding };
  }
}
