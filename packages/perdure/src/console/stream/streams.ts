import type { Inspector } from "../../client/inspect/types.ts";
import { MOST_LOOKED_UP } from "../../client/inspect/types.ts";
import type { Scheduler } from "../../process/clock.ts";
import type { EngineLog } from "../../telemetry/engine-log.ts";
import type { DevNote, InstanceRow, Progress, StreamMessage, Tick } from "../wire.ts";
import type { StreamOrder } from "./event-stream.ts";
import { EventStream } from "./event-stream.ts";
import type { ProgressWatchesParts } from "./progress-watches.ts";
import { ProgressWatches } from "./progress-watches.ts";

const LOOK_MS = 500;
/** Of looks. */
const TICK_EVERY = 4;
const COME_BACK_MS = 1_000;

export interface StreamsParts {
  readonly inspector: Inspector;
  readonly log: EngineLog;
  readonly scheduler: Pick<Scheduler, "after">;
  readonly isClosing: () => boolean;
  readonly now: () => number;
  /** What a page is told first. */
  readonly notes: () => readonly DevNote[];
  readonly readTick: () => Promise<Tick>;
  /** A row of what is watched. */
  readonly saw: (row: InstanceRow) => void;
  readonly client: ProgressWatchesParts["client"];
  readonly shown: ProgressWatchesParts["shown"];
}

/** All open pages of this process. One look at the store serves them all, and there is none while no page is open. */
export class Streams {
  readonly #parts: StreamsParts;
  readonly #open = new Set<EventStream>();
  readonly #progress: ProgressWatches;
  #looks = 0;
  #isLooking = false;
  #isTroubled = false;

  constructor(parts: StreamsParts) {
    this.#parts = parts;
    this.#progress = new ProgressWatches({ ...parts, tell: (progress) => this.#tellProgress(progress) });
  }

  open(order: StreamOrder): Response {
    const stream = new EventStream(order, (closed) => this.#open.delete(closed));
    this.#open.add(stream);
    for (const id of stream.watched) for (const data of this.#progress.saidOf(id)) stream.send({ type: "progress", data });
    for (const data of this.#parts.notes()) stream.send({ type: "dev", data });
    if (this.#isLooking) void this.#tick([stream]).catch(() => {});
    else void this.#look();
    return stream.response;
  }

  /** To all that read what they are told. */
  tell(message: StreamMessage): void {
    for (const stream of this.#reading) stream.send(message);
  }

  /** At once: a server that closes waits for what it is answering. */
  end(): void {
    for (const stream of this.#open) stream.send({ type: "bye", data: { retryMs: COME_BACK_MS } });
    this.#endThose(() => true);
  }

  get #reading(): readonly EventStream[] {
    return [...this.#open].filter(({ takesMore }) => takesMore);
  }

  #endThose(isOver: (stream: EventStream) => boolean): void {
    for (const stream of this.#open) {
      if (!isOver(stream)) continue;
      this.#open.delete(stream);
      stream.end();
    }
  }

  #tellProgress(data: Progress): void {
    for (const stream of this.#open) if (stream.takesMore && stream.watched.includes(data.id)) stream.send({ type: "progress", data });
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    const now = this.#parts.now();
    this.#endThose(({ until }) => until !== null && until <= now);
    try {
      await this.#show(this.#reading);
      this.#isTroubled = false;
    } catch (error) {
      this.#failed(error);
    }
    if (this.#parts.isClosing()) this.end();
    if (this.#open.size > 0) this.#parts.scheduler.after(LOOK_MS, () => void this.#look());
    else {
      this.#isLooking = false;
      this.#looks = 0;
      this.#progress.watch(new Set());
    }
  }

  async #show(streams: readonly EventStream[]): Promise<void> {
    await Promise.all([this.#looks++ % TICK_EVERY === 0 ? this.#tick(streams) : null, this.#rows(streams)]);
  }

  async #tick(streams: readonly EventStream[]): Promise<void> {
    const data = await this.#parts.readTick();
    for (const stream of streams) stream.send({ type: "tick", data });
  }

  async #rows(streams: readonly EventStream[]): Promise<void> {
    const ids = [...new Set(streams.flatMap(({ watched }) => watched))];
    const running = new Set<string>();
    for (let at = 0; at < ids.length; at += MOST_LOOKED_UP) {
      const asked = ids.slice(at, at + MOST_LOOKED_UP);
      const rows = new Map((await this.#parts.inspector.lookup(asked)).map((row) => [row.id, row]));
      for (const row of rows.values()) this.#parts.saw(row);
      for (const { id, completedAt } of rows.values()) if (completedAt === null) running.add(id);
      const isAsked = new Set(asked);
      for (const stream of streams) for (const id of stream.watched) if (isAsked.has(id)) stream.sendRow(id, rows.get(id) ?? null);
    }
    this.#progress.watch(running);
  }

  /** The pages stay open: a store that is away comes back. Said once. */
  #failed(error: unknown): void {
    if (this.#isTroubled || this.#parts.isClosing()) return;
    this.#isTroubled = true;
    const message = "What the open pages of the console show could not be read. It is tried again.";
    this.#parts.log.write({ level: "warn", event: "console.streamTroubled", message, fields: { error } });
  }
}
