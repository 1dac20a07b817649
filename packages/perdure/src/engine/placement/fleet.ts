import { ANY_NAME, namesIn, parseNames } from "../../model/executor.ts";
import type { ByKind, ByQueue, FunctionKind, FunctionNames, Queue, QueueKeys } from "../../model/function-kind.ts";
import { byKind, byQueue, queueKeys } from "../../model/function-kind.ts";
import type { NameKey } from "../../model/function-name.ts";
import { functionKey } from "../../model/function-name.ts";
import type { TaskScheduled } from "../../model/history.ts";
import type { WorkerLoad, WorkerRow } from "../../store/rows.ts";
import { MOST_HELD } from "../../store/rows.ts";
import type { Dispatcher } from "../activities/dispatcher.ts";
import type { Committer } from "../commits/committer.ts";
import type { Identity } from "../commits/sealed-batch.ts";
import type { ActiveInstance } from "../instances/instance.ts";
import type { InstanceTable } from "../instances/instance-table.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Phase } from "../phase.ts";
import { ClaimWindow } from "./claim-window.ts";
import { FleetVersions } from "./fleet-versions.ts";
import type { Other } from "./other-worker.ts";
import { hasKey, isSameOffer, keysByKind, keysByQueue, otherOf, takesAny } from "./other-worker.ts";
import { UnreadableRows } from "./unreadable-rows.ts";
import type { MeterSettings } from "./work-meter.ts";
import { WorkMeter } from "./work-meter.ts";

/** What a worker claims at first of the work that is left to all, while there are others. */
const FIRST_INSTANCES = 32;
const FIRST_TASKS = 16;

/** What this worker has just left to others it does not take back while it is busy; after this the others have had their chance. */
const GRACE_MS = 500;

export interface FleetPort {
  readonly parts: Pick<WorkerParts, "clock" | "executor" | "log" | "codeVersion">;
  readonly settings: Pick<
    WorkerSettings,
    "maxConcurrentActivities" | "maxOwnedInstances" | "keepBelow" | "functionNotFoundAfterMs" | "functionNotFoundAloneMs"
  > &
    MeterSettings;
  readonly identity: Identity;
  readonly table: Pick<InstanceTable, "size">;
  readonly dispatcher: Pick<Dispatcher, "places" | "size" | "room">;
  readonly committer: Pick<Committer, "gathering" | "inFlight">;
  readonly phase: Phase;
  readonly backlog: number;
}

/**
 * What this worker knows of the others, from the rows that its lease keeper reads anyway, and what it makes of that: which new work it keeps and
 * which it leaves to them (decision 0011). What it knows is a renewal or two old. That is good enough, since nothing is pushed: what is left to
 * others is left in the store, and any worker with room takes it, this worker too.
 */
export class Fleet {
  readonly #port: FleetPort;
  #own: ByKind<ReadonlySet<string>> = byKind(() => new Set());
  #keys: QueueKeys = { instances: [], tasks: [] };
  readonly versions = new FleetVersions();
  /** With or without a place for it. */
  #known: ByKind<ReadonlySet<NameKey>> = byKind(() => new Set());
  #served: ByQueue<ReadonlySet<NameKey>> = byQueue(() => new Set());
  #told: FunctionNames = byKind(() => []);
  #unsaid: FunctionNames | null = null;
  #others: readonly Other[] = [];
  #seenOtherAt = Number.NEGATIVE_INFINITY;
  #sharedAt = Number.NEGATIVE_INFINITY;
  #turn = 0;
  readonly #instances: ClaimWindow;
  readonly #tasks: ClaimWindow;
  readonly #unreadable: UnreadableRows;
  readonly meter: WorkMeter;

  constructor(port: FleetPort) {
    this.#port = port;
    this.#unreadable = new UnreadableRows(port.parts.log);
    this.meter = new WorkMeter(port.parts.clock, port.settings);
    this.#instances = new ClaimWindow(port.parts.clock, FIRST_INSTANCES);
    this.#tasks = new ClaimWindow(port.parts.clock, FIRST_TASKS);
  }

  joined(names: FunctionNames, now: number): void {
    this.meter.joined(now);
    this.#offer(names);
    this.#unsaid = null;
    this.#others = [];
    this.versions.learn([]);
    this.#seenOtherAt = Number.NEGATIVE_INFINITY;
  }

  /** What the executor offers has changed. False: not what others are told of it. */
  offered(names: FunctionNames): boolean {
    if (isSameOffer(names, this.#told)) return false;
    this.#offer(names);
    this.#unsaid = names;
    return true;
  }

  /** What the row of this worker does not say yet. */
  get unsaid(): FunctionNames | null {
    return this.#unsaid;
  }

  said(names: FunctionNames): void {
    if (this.#unsaid === names) this.#unsaid = null;
  }

  #offer(names: FunctionNames): void {
    this.#told = names;
    const { here, versions } = parseNames(names);
    this.#own = byKind((kind) => new Set([...here[kind], ...here[kind].map(functionKey)])); // both: most are asked for as registered
    this.#keys = queueKeys(here);
    this.#known = keysByKind(namesIn(names));
    this.#served = keysByQueue(namesIn(names));
    this.versions.offered(versions.orchestrator, this.#served.instances);
  }

  learn(rows: readonly WorkerRow[], now: number): void {
    const { identity, parts } = this.#port;
    const live = rows.filter((row) => row.worker !== identity.worker && row.fence !== null && row.leaseUntil > now && !row.provenDead);
    this.#unreadable.note(live);
    const before = this.#others;
    this.#others = live.map((row) => {
      const same = before.find((other) => other.worker === row.worker && isSameOffer(other.told, row.functions));
      return same === undefined ? otherOf(row) : { ...same, load: row.load };
    });
    this.versions.learn(this.#others);
    if (live.length > 0) this.#seenOtherAt = parts.clock.monotonicMs();
  }

  get isAlone(): boolean {
    return this.#others.length === 0;
  }

  /** What this worker says of itself with its next renewal. */
  get load(): WorkerLoad {
    const { table, dispatcher, settings, parts, phase } = this.#port;
    const { held = [] } = parts.executor;
    return {
      ...{ busy: this.#busy, owned: table.size, maxOwned: settings.maxOwnedInstances },
      ...{ activities: dispatcher.size, maxActivities: dispatcher.places },
      ...(held.length === 0 ? {} : { held: held.slice(0, MOST_HELD) }),
      work: this.meter.read(parts.codeVersion, phase === "draining"),
    };
  }

  // --- functions ---

  /** Does this worker have it? */
  has(kind: FunctionKind, name: string): boolean {
    const own = this.#own[kind];
    return own.has(name) || own.has(functionKey(name)) || own.has(ANY_NAME);
  }

  /** … also when there is no place for it now. */
  knows(kind: FunctionKind, name: string): boolean {
    return hasKey(this.#known[kind], functionKey(name));
  }

  /** Has another live worker it, with a place or without? */
  othersKnow(kind: FunctionKind, name: string): boolean {
    const key = functionKey(name);
    return this.#others.some(({ knows }) => hasKey(knows[kind], key));
  }

  /** Under which work for this worker's functions waits. */
  get keys(): QueueKeys {
    return this.#keys;
  }

  /** Does any live worker take what waits under this key, now or as soon as it has a place? */
  isServed(queue: Queue, key: NameKey): boolean {
    return hasKey(this.#served[queue], key) || this.#others.some(({ waitsFor }) => hasKey(waitsFor[queue], key));
  }

  /** This worker claims under whatever key something waits. */
  takesAny(queue: Queue): boolean {
    return takesAny(this.#keys[queue]);
  }

  /** Of all live workers, for messages. */
  known(kind: FunctionKind): readonly string[] {
    const own = this.#port.parts.executor.offer[kind].names;
    return this.isAlone ? own : [...new Set([...own, ...this.#others.flatMap(({ told }) => namesIn(told)[kind])])].sort();
  }

  /** How long a call waits for a worker that has its function, ms. */
  get patienceMs(): number {
    const { settings, parts } = this.#port;
    const { functionNotFoundAfterMs, functionNotFoundAloneMs } = settings;
    const sinceOther = parts.clock.monotonicMs() - this.#seenOtherAt;
    return this.isAlone && sinceOther >= functionNotFoundAfterMs ? functionNotFoundAloneMs : functionNotFoundAfterMs;
  }

  // --- what is kept ---

  /** False: a new instance of this orchestrator is born ready, for any worker with room. */
  keepsBirth(name: string, version: string | null): boolean {
    const { table, settings, phase } = this.#port;
    if (phase !== "running" || table.size >= settings.maxOwnedInstances) return false;
    if (!this.has("orchestrator", name)) return false;
    if (!this.versions.takes(name, version)) return false;
    if (this.isAlone) return true;
    const busy = this.#busy;
    if (busy <= settings.keepBelow) return true;
    return this.#keepsShare(this.#lighter(busy, functionKey(name)));
  }

  /** False: the activity gets a free row in the task queue. So does each that needs a slot: only the store knows how many are held in the hub. */
  keepsActivity(instance: ActiveInstance, { name, slot }: Pick<TaskScheduled, "name" | "slot">): boolean {
    if (slot !== undefined || !this.has("activity", name)) return false;
    if (this.isAlone) return true;
    const { dispatcher, committer, settings } = this.#port;
    const mine = dispatcher.size + onTheWay(committer.gathering.activities, committer.inFlight?.activities);
    if (mine >= settings.maxConcurrentActivities) return !this.takesActivities(name);
    if (instance.state.activities.size <= settings.keepBelow) return true;
    const key = functionKey(name);
    let lighter = 0;
    for (const { load, has } of this.#others) {
      if (has.activity.has(key) && (load === null || (load.activities * 2 < mine && load.activities < load.maxActivities))) lighter += 1;
    }
    return this.#keepsShare(lighter);
  }

  /** Another worker has this activity, and a place for it: the caller lays it out, and it is not claimed back at once. */
  takesActivities(name: string): boolean {
    const key = functionKey(name);
    const takes = this.#others.some(({ load, has }) => has.activity.has(key) && (load === null || load.activities < load.maxActivities));
    if (takes) this.#sharedAt = this.#port.parts.clock.monotonicMs();
    return takes;
  }

  /** Workers with less than half the work of this one, when it has more than a little: instances that only wait are better off elsewhere. */
  get lighterOthers(): number {
    if (this.isAlone) return 0;
    const busy = this.#busy;
    return busy <= this.#port.settings.keepBelow ? 0 : this.#lighter(busy, null);
  }

  // --- what is taken ---

  /** How many more instances this worker has room for: in memory, and in its line, where `limit` may wait. */
  roomForInstances(limit: number): number {
    const { table, settings, backlog } = this.#port;
    return Math.min(settings.maxOwnedInstances - table.size, limit - backlog);
  }

  /** `loading`: claimed and not in memory yet. */
  instancesToClaim(limit: number, loading: number): number {
    const room = this.roomForInstances(limit) - loading;
    if (this.isAlone) return room;
    const inHand = this.#busy + loading;
    return this.#leavesToOthers(inHand) ? 0 : this.#instances.room(inHand, room);
  }

  tasksToClaim(limit: number, loading: number): number {
    const room = Math.min(this.#port.dispatcher.room, limit) - loading;
    if (this.isAlone) return room;
    const inHand = this.#port.dispatcher.size + loading;
    return this.#leavesToOthers(inHand) ? 0 : this.#tasks.room(inHand, room);
  }

  /** What a claim brought; `all`: there was no more. */
  claimedInstances(count: number, all: boolean): void {
    this.#instances.claimed(count, all);
  }

  claimedTasks(count: number, all: boolean): void {
    this.#tasks.claimed(count, all);
  }

  #leavesToOthers(inHand: number): boolean {
    const { settings, parts } = this.#port;
    return inHand > settings.keepBelow && parts.clock.monotonicMs() - this.#sharedAt < GRACE_MS;
  }

  /** Work that is on its way through a commit counts: between two batches a worker is not idle. */
  get #busy(): number {
    const { backlog, dispatcher, committer } = this.#port;
    const { gathering, inFlight } = committer;
    const born = gathering.births.size + (inFlight?.births.size ?? 0);
    return backlog + dispatcher.size + born + onTheWay(gathering.activities, inFlight?.activities);
  }

  #lighter(busy: number, orchestrator: NameKey | null): number {
    let lighter = 0;
    for (const { load, has } of this.#others) {
      if (orchestrator !== null && !has.orchestrator.has(orchestrator)) continue;
      if (load === null || (load.busy * 2 < busy && load.owned < load.maxOwned)) lighter += 1;
    }
    return lighter;
  }

  /** One of as many as there are to share it, in turn. */
  #keepsShare(lighter: number): boolean {
    if (lighter === 0) return true;
    this.#turn += 1;
    if (this.#turn % (lighter + 1) === 0) return true;
    this.#sharedAt = this.#port.parts.clock.monotonicMs();
    return false;
  }
}

const onTheWay = (gathering: readonly unknown[], inFlight: readonly unknown[] = []) => gathering.length + inFlight.length;
