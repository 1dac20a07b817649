import { FreshMap } from "../../model/fresh-map.ts";
import type { HistoryEvent } from "../../model/history.ts";
import type { InstanceNo } from "../../model/ids.ts";

/** What is read beyond this, in characters of JSON, is read again when its instance runs. */
const MOST_CHARS = 16 * 1_024 * 1_024;

interface Loaded {
  readonly events: readonly HistoryEvent[];
  readonly chars: number;
}

/**
 * Histories that were read when their instances were claimed, kept for the first episode, which replays them: so a woken instance is read and parsed
 * once. The first one is kept whatever its size, since it is in memory already.
 */
export class LoadedHistories {
  readonly #byNo = new FreshMap<InstanceNo, Loaded>();
  #chars = 0;

  keep(no: InstanceNo, loaded: Loaded): void {
    if (this.#chars > 0 && this.#chars + loaded.chars > MOST_CHARS) return;
    this.#byNo.set(no, loaded);
    this.#chars += loaded.chars;
  }

  /** Once: null afterwards, and when it was not kept. */
  take(no: InstanceNo): readonly HistoryEvent[] | null {
    const loaded = this.#byNo.get(no);
    if (loaded === undefined) return null;
    this.#byNo.delete(no);
    this.#chars -= loaded.chars;
    return loaded.events;
  }

  clear(): void {
    this.#byNo.clear();
    this.#chars = 0;
  }
}
