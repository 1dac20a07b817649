import type { InstanceNo } from "../../model/ids.ts";
import { saidByStore } from "../../store/said-by-store.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Phase } from "../phase.ts";
import { isAlive } from "../phase.ts";
import type { Adoption } from "./adoption.ts";
import type { EditedChildren } from "./edited-children.ts";

/** Loads in slices, so that the loop turns in between. */
const LOAD_SLICE = 100;

export interface LoaderPort {
  readonly table: InstanceTable;
  readonly adoption: Pick<Adoption, "take">;
  readonly editedChildren: Pick<EditedChildren, "read">;
  readonly phase: Phase;
  readonly parts: Pick<WorkerParts, "store" | "scheduler">;
  readonly settings: Pick<WorkerSettings, "pollEveryMs">;
  lookAround(): void;
}

/** Reads instances that this worker owns into its memory. */
export class Loader {
  readonly #port: LoaderPort;

  constructor(port: LoaderPort) {
    this.#port = port;
  }

  /**
   * An instance is read once at a time, not while it is in memory (a claim whose first load failed may have been found by the sweep since), and not
   * taken from before all was forgotten: one that has ended or left meanwhile would rise again as it was.
   */
  async load(nos: readonly InstanceNo[]): Promise<void> {
    const { table } = this.#port;
    const { epoch } = table;
    const unread = nos.filter((no) => !table.isLoading(no) && table.byNo(no) === undefined);
    for (const no of unread) table.startLoading(no);
    try {
      await this.#loadSlices(unread);
    } finally {
      if (table.epoch === epoch) for (const no of unread) table.endLoading(no);
    }
    this.#port.lookAround(); // what came between the load and now
  }

  /** As {@link load}, again and again while the store is away. */
  loadUntilRead(no: InstanceNo): void {
    this.load([no]).catch((error: unknown) => {
      saidByStore(error);
      const { parts, settings } = this.#port;
      parts.scheduler.after(settings.pollEveryMs, () => {
        if (this.#port.phase === "running") this.loadUntilRead(no);
      });
    });
  }

  async #loadSlices(nos: readonly InstanceNo[]): Promise<void> {
    const { table, parts, adoption, editedChildren } = this.#port;
    const { epoch } = table;
    for (let from = 0; from < nos.length; from += LOAD_SLICE) {
      if (from > 0) await new Promise<void>((resolve) => parts.scheduler.soon(resolve));
      const slice = await parts.store.load(nos.slice(from, from + LOAD_SLICE));
      const children = await editedChildren.read(slice);
      for (const loaded of slice) {
        if (table.epoch !== epoch || !isAlive(this.#port.phase)) return;
        adoption.take(loaded, children.get(loaded.row.no));
      }
    }
  }
}
