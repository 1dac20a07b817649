import { FreshMap } from "../../model/fresh-map.ts";
import type { InstanceNo } from "../../model/ids.ts";
import { isSuspect } from "../crashes/suspicion.ts";
import type { ActiveInstance } from "./instance.ts";
import { LoadedHistories } from "./loaded-histories.ts";

/** The instances of one worker, by number and by id. */
export class InstanceTable {
  readonly #byNo = new FreshMap<InstanceNo, ActiveInstance>();
  readonly #byId = new FreshMap<string, ActiveInstance>();
  readonly #suspects = new Set<ActiveInstance>();
  readonly histories = new LoadedHistories();
  readonly #loading = new Set<InstanceNo>();
  #epoch = 0;

  /** Grows whenever all is forgotten: what was read before that is outdated. */
  get epoch(): number {
    return this.#epoch;
  }

  get size(): number {
    return this.#byNo.size;
  }

  add(instance: ActiveInstance): void {
    this.#byNo.set(instance.no, instance);
    this.#byId.set(instance.state.instanceId, instance);
    this.noteSuspect(instance);
  }

  /** What it is suspected of has changed. */
  noteSuspect(instance: ActiveInstance): void {
    if (isSuspect(instance.crashes)) this.#suspects.add(instance);
  }

  /** False: {@link suspects} gives none. */
  get hasSuspects(): boolean {
    return this.#suspects.size > 0;
  }

  /** Those whose last owners died while they had work to do, and which have not committed an episode since. */
  *suspects(): Iterable<ActiveInstance> {
    for (const instance of this.#suspects) {
      if (!isSuspect(instance.crashes) || instance.gone) this.#suspects.delete(instance);
      else if (!instance.leaving) yield instance; // one that is leaving may have to stay
    }
  }

  byNo(no: InstanceNo): ActiveInstance | undefined {
    return this.#byNo.get(no);
  }

  byId(instanceId: string): ActiveInstance | undefined {
    return this.#byId.get(instanceId);
  }

  remove(instance: ActiveInstance): void {
    instance.go();
    this.histories.take(instance.no);
    this.#byNo.delete(instance.no);
    if (this.#byId.get(instance.state.instanceId) === instance) this.#byId.delete(instance.state.instanceId);
  }

  /** It is being read from the store, or waits for its turn there. */
  isLoading(no: InstanceNo): boolean {
    return this.#loading.has(no);
  }

  startLoading(no: InstanceNo): void {
    this.#loading.add(no);
  }

  endLoading(no: InstanceNo): void {
    this.#loading.delete(no);
  }

  all(): IterableIterator<ActiveInstance> {
    return this.#byNo.values();
  }

  clear(): void {
    for (const instance of this.#byNo.values()) instance.go();
    this.#byNo.clear();
    this.#byId.clear();
    this.#suspects.clear();
    this.histories.clear();
    this.#loading.clear();
    this.#epoch += 1;
  }
}
