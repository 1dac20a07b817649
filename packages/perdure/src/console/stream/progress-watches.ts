import { previewText } from "../../client/inspect/preview.ts";
import type { Changes, HubClient } from "../../client/types.ts";
import { changesUntilEnd } from "../../client/watch/watch-updates.ts";
import { setLatest } from "../../model/latest.ts";
import { eventIdOf } from "../../model/task-id.ts";
import type { Scheduler } from "../../process/clock.ts";
import type { ShownPayloads } from "../shown-payloads.ts";
import type { Progress } from "../wire.ts";

/** What comes faster is told with what was said last. */
const TELL_EVERY_MS = 100;
const SHOWN_BYTES = 2_048;
/** Of one instance; the latest ones. */
const MOST_ACTIVITIES = 100;

export interface ProgressWatchesParts {
  readonly client: Pick<HubClient, "changes">;
  readonly scheduler: Pick<Scheduler, "after">;
  readonly shown: ShownPayloads["shown"];
  /** To those who look at its instance. */
  readonly tell: (progress: Progress) => void;
}

interface Watch {
  readonly ended: AbortController;
  /** By the event id of the call. */
  readonly said: Map<number, Progress>;
}

/** What activities say of how far they are, of the instances that open pages look at: one watch of each, however many look. */
export class ProgressWatches {
  readonly #parts: ProgressWatchesParts;
  readonly #watches = new Map<string, Watch>();

  constructor(parts: ProgressWatchesParts) {
    this.#parts = parts;
  }

  /** These, and no others. */
  watch(ids: ReadonlySet<string>): void {
    for (const [id, { ended }] of this.#watches) {
      if (ids.has(id)) continue;
      ended.abort();
      this.#watches.delete(id);
    }
    for (const id of ids) if (!this.#watches.has(id)) void this.#follow(id);
  }

  /** What was said last, for who begins to look. */
  saidOf(id: string): readonly Progress[] {
    return [...(this.#watches.get(id)?.said.values() ?? [])];
  }

  async #follow(id: string): Promise<void> {
    const watch: Watch = { ended: new AbortController(), said: new Map() };
    this.#watches.set(id, watch);
    // That it cannot be watched is over when it is looked at again: it is gone, or the store is away.
    await this.#untilEnd(id, watch).catch(() => {});
    if (this.#watches.get(id) === watch) this.#watches.delete(id);
  }

  async #untilEnd(id: string, watch: Watch): Promise<void> {
    const { client, scheduler, shown } = this.#parts;
    const { signal } = watch.ended;
    for await (const { progress } of changesUntilEnd(client, { instanceId: id, signal })) {
      for (const one of progress) this.#tell(watch, progressOf(one, shown));
      await new Promise<void>((resolve) => void scheduler.after(TELL_EVERY_MS, resolve));
    }
  }

  #tell({ said, ended }: Watch, progress: Progress): void {
    if (ended.signal.aborted) return;
    setLatest(said, progress.eventId, progress, MOST_ACTIVITIES);
    this.#parts.tell(progress);
  }
}

function progressOf(
  { instanceId, taskId, activity, attempt, at, progress }: Changes["progress"][number],
  shown: ShownPayloads["shown"],
): Progress {
  return { id: instanceId, eventId: eventIdOf(taskId), activity, attempt, at, said: previewText(progress, SHOWN_BYTES, shown) };
}
