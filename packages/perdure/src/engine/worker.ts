import type { InstanceId } from "../model/ids.ts";
import type { Message } from "../model/message.ts";
import { inEngine } from "../process/code-scope.ts";
import type { DeliverReceipt, StartReceipt } from "../store/contract.ts";
import type { ActivityProgress, ProgressListener } from "./activities/activity-progress.ts";
import { progressOf } from "./activities/activity-progress.ts";
import type { StartParams } from "./calls/client-op.ts";
import { Composition } from "./composition.ts";
import type { InstanceListener } from "./instances/announcements.ts";
import type { ActiveInstance } from "./instances/instance.ts";
import type { WorkerLifecycle, WorkerParts, WorkerSettings } from "./options.ts";
import { DEFAULT_WORKER_SETTINGS } from "./options.ts";
import type { Phase } from "./phase.ts";

/** A worker of the task hub: claims instances, runs their episodes, commits, lets effects out (architecture: the one path that data takes). */
export interface Worker extends WorkerLifecycle {
  readonly phase: Phase;
  /** Client calls of this process: they ride in the worker's own commits. */
  start(): Promise<void>;
  startInstance(params: StartParams): Promise<StartReceipt>;
  deliver(instanceId: InstanceId, message: Message): Promise<DeliverReceipt>;
  /** Called with every instance that ends in this worker, once that is durable. Returns the way to stop it. */
  onEnd(listener: InstanceListener): () => void;
  /** Called with every instance whose first episode is durable. */
  onStart(listener: InstanceListener): () => void;
  /** Called with every instance that a batch has changed, once that is durable. */
  onChange(listener: InstanceListener): () => void;
  /** Called with what activities say of how far they get, at once and of no durability. */
  onProgress(listener: ProgressListener): () => void;
  /** Of the activities of an instance that run in this worker, what each has said last. */
  progressOf(instanceId: InstanceId): readonly ActivityProgress[];
  /** An instance in this worker's memory, for reading only. */
  peek(instanceId: string): ActiveInstance | undefined;
  readonly storeNow: number;
  /** Its number; null while it is in no hub. */
  readonly id: number | null;
  /** Instances in its memory. */
  readonly owned: number;
  /** Attempts of activities that run, and that wait for a place, by name. */
  activities(): ReadonlyMap<string, ActivitiesInHand>;
  /** The store has refused what this worker writes for a second or longer, whatever it reads. */
  readonly isTroubled: boolean;
  /** Nothing runs, nothing waits, nothing is on its way: for tests. */
  readonly isQuiet: boolean;
}

export interface ActivitiesInHand {
  readonly running: number;
  readonly waiting: number;
}

export function createWorker(parts: WorkerParts, settings: Partial<WorkerSettings> = {}): Worker {
  return new EngineWorker(new Composition(parts, { ...DEFAULT_WORKER_SETTINGS, ...settings }));
}

/** The doors of a worker, for those outside of the engine. */
class EngineWorker implements Worker {
  readonly #engine: Composition;

  constructor(engine: Composition) {
    this.#engine = engine;
  }

  get phase(): Phase {
    return this.#engine.phase;
  }

  get storeNow(): number {
    return this.#engine.storeClock.now();
  }

  get id(): number | null {
    return this.#engine.phase === "running" ? this.#engine.identity.worker : null;
  }

  get owned(): number {
    return this.#engine.table.size;
  }

  activities(): ReadonlyMap<string, ActivitiesInHand> {
    const found = new Map<string, { running: number; waiting: number }>();
    for (const { request, startedAt } of this.#engine.dispatcher.all()) {
      const counts = found.get(request.name) ?? { running: 0, waiting: 0 };
      counts[startedAt === null ? "waiting" : "running"] += 1;
      found.set(request.name, counts);
    }
    return found;
  }

  get isTroubled(): boolean {
    return this.#engine.progress.isTroubled;
  }

  get isQuiet(): boolean {
    return this.#engine.isQuiet;
  }

  start(): Promise<void> {
    return inEngine(() => this.#engine.life.start());
  }

  stop(): Promise<void> {
    return inEngine(() => this.#engine.life.stop());
  }

  kill(): void {
    inEngine(() => this.#engine.life.kill());
  }

  startInstance(params: StartParams): Promise<StartReceipt> {
    return inEngine(() => this.#engine.door.start(params));
  }

  deliver(instanceId: InstanceId, message: Message): Promise<DeliverReceipt> {
    return inEngine(() => this.#engine.door.deliver(instanceId, message));
  }

  onEnd(listener: InstanceListener): () => void {
    return this.#engine.announcements.onEnd(listener);
  }

  onStart(listener: InstanceListener): () => void {
    return this.#engine.announcements.onStart(listener);
  }

  onChange(listener: InstanceListener): () => void {
    return this.#engine.announcements.onChange(listener);
  }

  onProgress(listener: ProgressListener): () => void {
    return this.#engine.progressListeners.add(listener);
  }

  progressOf(instanceId: InstanceId): readonly ActivityProgress[] {
    const { dispatcher } = this.#engine;
    const running = [...dispatcher.all()].filter((task) => task.request.instanceId === instanceId && task.startedAt !== null);
    return running.map((task) => progressOf(task, this.storeNow)).filter((progress) => progress !== null);
  }

  peek(instanceId: string): ActiveInstance | undefined {
    return this.#engine.table.byId(instanceId);
  }
}
