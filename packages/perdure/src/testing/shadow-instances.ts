import type { HistoryEvent } from "../model/history.ts";
import type { InstanceNo } from "../model/ids.ts";
import type { RuntimeStatus } from "../model/status.ts";
import { isTerminal } from "../model/status.ts";
import type { HistoryAppend, InstanceUpdate } from "../store/commit.ts";
import type { EditedRow, Reopening } from "../store/edits.ts";
import type { HistoryChunk } from "../store/rows.ts";
import type { Report } from "./observations.ts";

/** What the recorder knows of one instance: what was acknowledged to it, apart from what the store keeps. */
export interface ShadowInstance {
  readonly no: InstanceNo;
  readonly instanceId: string;
  readonly name: string;
  status: RuntimeStatus;
  customStatus: string | null;
  output: string | null;
  /** As the last update with one has it; of an entity its state. */
  input: string | null;
  generation: number;
  /** All that was ever committed, by generation. */
  readonly history: Map<number, HistoryEvent[]>;
  /** The same as it was written. */
  readonly texts: Map<number, string[]>;
  lastVersion: number;
  /** How often it has continued as new, and was rewound. */
  loops: number;
  rewinds: number;
}

export interface ShadowParts {
  readonly report: Report;
  /** As the recorder's. */
  readonly clockSlackMs: () => number;
  /** A message stands in a history. */
  readonly onMessage: (messageId: string) => void;
}

/** All instances as the commits have made them, apart from what the store keeps. */
export class ShadowInstances {
  readonly #instances = new Map<InstanceNo, ShadowInstance>();
  readonly #byId = new Map<string, ShadowInstance>();
  readonly #report: Report;
  readonly #clockSlackMs: () => number;
  readonly #onMessage: (messageId: string) => void;

  constructor({ report, clockSlackMs, onMessage }: ShadowParts) {
    this.#report = report;
    this.#clockSlackMs = clockSlackMs;
    this.#onMessage = onMessage;
  }

  get(no: InstanceNo): ShadowInstance | undefined {
    return this.#instances.get(no);
  }

  byId(instanceId: string): ShadowInstance | undefined {
    return this.#byId.get(instanceId);
  }

  all(): IterableIterator<ShadowInstance> {
    return this.#instances.values();
  }

  /** Rows that a client or another process made are known by number only, until something names them. */
  learn(no: InstanceNo, instanceId: string, name: string): void {
    if (!this.#instances.has(no)) this.add(no, instanceId, name);
  }

  add(no: InstanceNo, instanceId: string, name: string): ShadowInstance {
    const shadow: ShadowInstance = {
      no,
      instanceId,
      name,
      status: "Pending",
      customStatus: null,
      output: null,
      input: null,
      generation: 0,
      history: new Map(),
      texts: new Map(),
      lastVersion: -1,
      loops: 0,
      rewinds: 0,
    };
    this.#instances.set(no, shadow);
    this.#byId.set(instanceId, shadow);
    return shadow;
  }

  append(append: HistoryAppend, now: number): void {
    const shadow = this.#instances.get(append.no) ?? this.add(append.no, `#${append.no}`, "?");
    const events = JSON.parse(append.events) as HistoryEvent[];
    const before = shadow.history.get(append.generation) ?? [];
    if (append.firstSeq !== before.length) {
      this.#report(
        "append-only",
        shadow,
        `history was written at position ${append.firstSeq} of generation ${append.generation}, which holds ${before.length} events`,
      );
    }
    if (before.at(-1)?.kind === "ExecutionCompleted")
      this.#report("terminal-final", shadow, `${events[0]?.kind ?? "nothing"} was recorded behind ExecutionCompleted`);
    for (const event of events) {
      if (event.ts > now + this.#clockSlackMs())
        this.#report("time-of-store", shadow, `${event.kind} is recorded at ${event.ts}, and the store's time is ${now}`);
      if (event.kind === "EventRaised" && event.messageId !== undefined) this.#onMessage(event.messageId);
      if (event.kind === "ContinueAsNew") shadow.loops += 1;
    }
    if (before.length === 0) shadow.history.set(append.generation, events);
    else before.push(...events);
    const texts = shadow.texts.get(append.generation);
    if (texts === undefined) shadow.texts.set(append.generation, [append.events]);
    else texts.push(append.events);
  }

  /** A client has brought it to life again. */
  reopen({ no, generation, version, history }: Reopening): void {
    const shadow = this.#instances.get(no) ?? this.add(no, `#${no}`, "?");
    if (!isTerminal(shadow.status)) this.#report("terminal-final", shadow, `it was ${shadow.status} and was reopened`);
    shadow.status = "Running";
    shadow.rewinds += 1;
    shadow.output = null;
    shadow.generation = generation + 1;
    shadow.lastVersion = version + 1;
    this.#writeAll(shadow, generation + 1, history);
  }

  /** Of an instance that began with a history. */
  learnHistory(no: InstanceNo, chunks: readonly HistoryChunk[]): void {
    const shadow = this.#instances.get(no);
    if (shadow !== undefined && shadow.history.size === 0 && chunks.length > 0) this.#writeAll(shadow, 0, chunks);
  }

  #writeAll(shadow: ShadowInstance, generation: number, rows: readonly EditedRow[]): void {
    shadow.history.set(
      generation,
      rows.flatMap(({ events }) => JSON.parse(events) as HistoryEvent[]),
    );
    shadow.texts.set(
      generation,
      rows.map(({ events }) => events),
    );
  }

  update(update: InstanceUpdate): void {
    const shadow = this.#instances.get(update.no) ?? this.add(update.no, `#${update.no}`, "?");
    if (isTerminal(shadow.status)) this.#report("terminal-final", shadow, `it was ${shadow.status} and became ${update.status}`);
    if (update.version <= shadow.lastVersion)
      this.#report("version-once", shadow, `version ${update.version} was written after ${shadow.lastVersion}`);
    shadow.lastVersion = update.version;
    shadow.status = update.status;
    shadow.customStatus = update.customStatus;
    shadow.generation = update.generation;
    if (update.input !== undefined) shadow.input = update.input;
    if (update.completed !== undefined) shadow.output = update.completed.output;
  }
}
