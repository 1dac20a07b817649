import type { InstanceNo } from "../model/ids.ts";

/**
 * Episodes of one instance may be in a batch that is on its way and in the one that gathers while losses come: what was counted before the third-last
 * commit is certainly forgiven.
 */
const COMMITS_THAT_FORGIVE = 3;

/**
 * How much may count against each instance since its last recorded episodes: deaths of workers, and losses of its own episodes of which it may be the cause.
 * It is at least what the engine has counted, so an instance that was stopped with less was stopped for nothing.
 */
export class CrashEvidence {
  #deaths = 0;
  readonly #losses = new Map<InstanceNo, number>();
  readonly #atCommits = new Map<InstanceNo, readonly number[]>();
  readonly #stops: { readonly no: InstanceNo; readonly evidence: number }[] = [];

  died(): void {
    this.#deaths += 1;
  }

  /** An episode of it was lost, and it may be the cause. */
  lost(no: InstanceNo): void {
    this.#losses.set(no, (this.#losses.get(no) ?? 0) + 1);
  }

  /** A commit holds an episode of it. */
  recorded(no: InstanceNo): void {
    const before = this.#atCommits.get(no) ?? [];
    this.#atCommits.set(no, [...before, this.#total(no)].slice(-COMMITS_THAT_FORGIVE));
  }

  /** It was stopped for crashes. */
  stopped(no: InstanceNo): void {
    const commits = this.#atCommits.get(no) ?? [];
    const forgiven = commits.length < COMMITS_THAT_FORGIVE ? 0 : (commits[0] ?? 0);
    this.#stops.push({ no, evidence: this.#total(no) - forgiven });
  }

  /** Every stop for crashes, with the evidence that there was. */
  get stops(): readonly { readonly no: InstanceNo; readonly evidence: number }[] {
    return this.#stops;
  }

  #total(no: InstanceNo): number {
    return this.#deaths + (this.#losses.get(no) ?? 0);
  }
}
