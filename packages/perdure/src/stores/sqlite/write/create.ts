import type { InstanceNo } from "../../../model/ids.ts";
import { REPLACED } from "../../../store/audit.ts";
import type { NewInstance, OutgoingMessage } from "../../../store/commit.ts";
import { insertInstance } from "../statements/insert-instance.ts";
import { noteRuns } from "./audit.ts";
import { dropInstances } from "./drop.ts";
import { checkId } from "./id.ts";
import { inherit } from "./inherit.ts";
import { targetById } from "./mail.ts";
import type { Tx } from "./tx.ts";
import type { UpdateRow } from "./wire-commit.ts";

/** The new instances of one batch (docs/design/ownership.md 5). */
export class Creation {
  readonly notStarted = new Set<InstanceNo>();
  readonly insteadOfStarts: OutgoingMessage[] = [];
  /** Those that take the place of a run which ends in this batch. */
  readonly late = new Set<InstanceNo>();
  madeReady = false;
  /** Their first update went in with the row itself. */
  readonly updated = new Set<InstanceNo>();
  readonly #tx: Tx;
  readonly #worker: number;
  readonly #creates: readonly NewInstance[];
  readonly #firstUpdates: ReadonlyMap<InstanceNo, UpdateRow>;

  constructor(tx: Tx, worker: number, creates: readonly NewInstance[], updates: readonly UpdateRow[]) {
    this.#tx = tx;
    this.#worker = worker;
    this.#creates = creates;
    this.#firstUpdates = creates.length === 0 ? new Map() : firstUpdates(updates);
    for (const create of creates) if (create.onExisting === "replaceEnded") this.late.add(create.no);
  }

  createFirst(): void {
    for (const create of this.#creates) if (!this.late.has(create.no)) this.#create(create);
  }

  createLate(): void {
    if (this.late.size === 0) return;
    for (const create of this.#creates) if (this.late.has(create.no)) this.#create(create);
  }

  #create(create: NewInstance): void {
    const { no, start, wakeAt, createdAt } = create;
    checkId(start.instanceId);
    const first = create.owned ? (this.#firstUpdates.get(no) ?? null) : null;
    const birth = { no, start, owner: create.owned ? this.#worker : null, wakeAt, createdAt, first };
    if (!insertInstance(this.#tx.connection, birth)) {
      const existing = targetById(this.#tx, start.instanceId);
      if (create.onExisting === "fail" || existing === undefined || existing.completed_at === null) {
        this.notStarted.add(no);
        if (create.ifExists !== null) this.insteadOfStarts.push(create.ifExists);
        return;
      }
      noteRuns(this.#tx, [existing.no], REPLACED);
      const hasMail = inherit(this.#tx, existing.no, no, start);
      dropInstances(this.#tx, [existing.no]);
      insertInstance(this.#tx.connection, hasMail ? { ...birth, wakeAt: Math.min(wakeAt, this.#tx.now) } : birth);
      if (hasMail && !create.owned) this.madeReady = true;
    }
    if (first !== null) this.updated.add(no);
    if (!create.owned && wakeAt <= this.#tx.now) this.madeReady = true;
  }
}

/** Plain updates of rows that are born in the same batch, within their first generation: an insert and its update are one write. */
function firstUpdates(updates: readonly UpdateRow[]): ReadonlyMap<InstanceNo, UpdateRow> {
  const first = new Map<InstanceNo, UpdateRow>();
  for (const row of updates) {
    const isPlain = row.endedAs === 0 && row.hasInput === 0 && row.hasLabels === 0 && row.generation === 0;
    if (row.expectedVersion === 0 && isPlain) first.set(row.no as InstanceNo, row);
  }
  return first;
}
