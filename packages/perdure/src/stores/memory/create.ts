import type { InstanceNo, WorkerId } from "../../model/ids.ts";
import type { StartSpec } from "../../model/start.ts";
import { REPLACED } from "../../store/audit.ts";
import type { GroupCommit, NewInstance, OutgoingMessage } from "../../store/commit.ts";
import type { InstanceRow } from "../../store/rows.ts";
import { noteRuns } from "./audit.ts";
import { inherit } from "./inherit.ts";
import type { Tables } from "./tables.ts";
import { breach } from "./tables.ts";

/** The new instances of one batch (docs/design/ownership.md 5). */
export class Creation {
  readonly notStarted = new Set<InstanceNo>();
  readonly insteadOfStarts: OutgoingMessage[] = [];
  /** Those that take the place of a run which ends in this batch. */
  readonly late: ReadonlySet<InstanceNo>;
  madeReady = false;
  readonly #tables: Tables;
  readonly #batch: GroupCommit;

  constructor(tables: Tables, batch: GroupCommit) {
    this.#tables = tables;
    this.#batch = batch;
    this.late = new Set(batch.creates.filter((create) => create.onExisting === "replaceEnded").map(({ no }) => no));
  }

  createFirst(): void {
    for (const create of this.#batch.creates) if (!this.late.has(create.no)) this.#create(create);
  }

  createLate(): void {
    for (const create of this.#batch.creates) if (this.late.has(create.no)) this.#create(create);
  }

  #create(create: NewInstance): void {
    const tables = this.#tables;
    if (tables.instances.has(create.no)) breach(`number ${create.no} is used twice`);
    const existing = tables.find(create.start.instanceId);
    let hasMail = false;
    if (existing !== undefined) {
      if (create.onExisting === "fail" || existing.completedAt === null) {
        this.notStarted.add(create.no);
        if (create.ifExists !== null) this.insteadOfStarts.push(create.ifExists);
        return;
      }
      noteRuns(tables, [existing.no], REPLACED);
      hasMail = inherit(tables, existing.no, create.no, create.start);
      tables.dropInstance(existing.no);
    }
    const owner = create.owned ? this.#batch.worker : null;
    const wakeAt = hasMail ? Math.min(create.wakeAt, tables.now()) : create.wakeAt;
    tables.putInstance(newRow(create.no, create.start, owner, wakeAt, create.createdAt));
    if (owner === null && wakeAt <= tables.now()) this.madeReady = true;
  }
}

export function newRow(no: InstanceNo, start: StartSpec, owner: WorkerId | null, wakeAt: number | null, createdAt: number): InstanceRow {
  const { instanceId, name, executionId, input, version: orchestrationVersion, tags, parent, startAt } = start;
  return {
    no,
    instanceId,
    name,
    executionId,
    startId: executionId,
    generation: 0,
    version: 0,
    owner,
    wakeAt: owner === null ? wakeAt : null,
    nextWake: wakeAt,
    crashes: 0,
    stopped: null,
    poisonCodeVersions: [],
    status: "Pending",
    customStatus: null,
    input,
    output: null,
    orchestrationVersion,
    tags,
    parent,
    startAt,
    createdAt,
    updatedAt: createdAt,
    completedAt: null,
  };
}
