import type { InstanceEnd } from "../../core/apply-episode.ts";
import type { InstanceState } from "../../core/state.ts";
import { FreshMap } from "../../model/fresh-map.ts";
import type { EventId, InstanceNo } from "../../model/ids.ts";
import type { Message } from "../../model/message.ts";
import type { InstanceUpdate } from "../../store/commit.ts";
import { isSuspect } from "../claims/suspicion.ts";
import type { DeliverOp } from "../clients/client-op.ts";
import { LoadedHistories } from "./loaded-histories.ts";

/** A message on its way into an instance of this worker. */
export interface Mail {
  readonly message: Message;
  /** The inbox row that holds it; null while it lives in memory only. */
  seq: number | null;
  /** An episode that took it has been gathered into a batch. */
  gathered: boolean;
  /** An activity's result: it needs no row, since a crash runs the activity again. */
  readonly isVolatile: boolean;
  /** The client that waits for it to be durable. */
  readonly op: DeliverOp | null;
}

/** What an instance's row says that its history rows do not. */
export type RowContent = Pick<InstanceUpdate, "generation" | "executionId" | "status" | "customStatus" | "nextWake">;

export const NO_MAIL: readonly Mail[] = [];

/** An instance that this worker owns, in memory. */
export class ActiveInstance {
  readonly no: InstanceNo;
  readonly state: InstanceState;
  /** Version of the row after the last batch that it went into. */
  version: number;
  crashes: number;
  /** As its row says. */
  convictedBy: readonly string[] = [];
  /** What its row says after that batch; null: not known, so the next episode writes it. */
  row: RowContent | null = null;
  mailbox: Mail[] = [];
  /** Inbox rows that are in the mailbox or were consumed by a batch that is not durable yet. */
  readonly heldSeqs = new Set<number>();
  /** Open activities that have a task row. */
  readonly rowTasks = new Set<EventId>();
  queued = false;
  running = false;
  /** What the episode that runs now was given. */
  episodeMail: readonly Mail[] = NO_MAIL;
  /** Its creation must be durable before its code may run: the id was chosen by a user. */
  gated = false;
  /** A release or stop is sealed and not answered: others' business until then. */
  leaving = false;
  /** No longer ours: whatever still comes back for it is ignored. */
  gone = false;
  /** Messages in memory that the batch in flight turns into inbox rows: until its answer says under which number, no row is told from them. */
  sealedMail = 0;
  /** Mail of which the reading began before is not heeded ({@link MailOrder}): it may hold rows that were consumed since. */
  mailSince = 0;
  /** Batches with changes of this instance that are not durable yet. */
  unsettled = 0;
  /** An episode of it has sent messages or made other instances. */
  hasSpoken = false;
  /** It ended while activities of it were running. */
  hasStrays = false;
  /** How it ended, once an episode has ended it. */
  end: InstanceEnd | null = null;
  /** Names of open activities, for the log; filled only while somebody reads it. */
  readonly taskNames = new Map<EventId, string>();
  /** When the timer queue was last told to wake it. */
  timerAt: number | null = null;
  /** Monotonic time of its last episode. */
  touchedAt: number;
  readonly createdAt: number;

  constructor(state: InstanceState, version: number, crashes: number, touchedAt: number, createdAt: number) {
    this.createdAt = createdAt;
    this.no = state.no;
    this.state = state;
    this.version = version;
    this.crashes = crashes;
    this.touchedAt = touchedAt;
  }
}

/** The instances of one worker, by number and by id. */
export class InstanceTable {
  readonly #byNo = new FreshMap<InstanceNo, ActiveInstance>();
  readonly #byId = new FreshMap<string, ActiveInstance>();
  readonly #suspects = new Set<ActiveInstance>();
  readonly histories = new LoadedHistories();
  /** Those that are being read from the store. */
  readonly loading = new Set<InstanceNo>();
  /** Grows whenever all is forgotten: what was read before is of no use then. */
  epoch = 0;

  get size(): number {
    return this.#byNo.size;
  }

  add(instance: ActiveInstance): void {
    this.#byNo.set(instance.no, instance);
    this.#byId.set(instance.state.instanceId, instance);
    if (isSuspect(instance.crashes)) this.#suspects.add(instance);
  }

  /** Those whose last owners died with their work in hand, and which have not committed an episode since. */
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
    instance.gone = true;
    this.histories.take(instance.no);
    this.#byNo.delete(instance.no);
    if (this.#byId.get(instance.state.instanceId) === instance) this.#byId.delete(instance.state.instanceId);
  }

  all(): IterableIterator<ActiveInstance> {
    return this.#byNo.values();
  }

  clear(): void {
    for (const instance of this.#byNo.values()) instance.gone = true;
    this.#byNo.clear();
    this.#byId.clear();
    this.#suspects.clear();
    this.histories.clear();
    this.loading.clear();
    this.epoch += 1;
  }
}
