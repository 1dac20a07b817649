import { hearStore } from "../../store/said-by-store.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import { ForeignExecutor } from "./foreign-executor.ts";

/** What a worker is made of, for its parts. */
export class Given {
  readonly parts: WorkerParts;
  readonly settings: WorkerSettings;

  constructor(parts: WorkerParts, settings: WorkerSettings) {
    this.parts = { ...parts, store: hearStore(parts.store), executor: new ForeignExecutor(parts.executor, parts.log) };
    this.settings = settings;
  }
}
