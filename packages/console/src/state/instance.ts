import type { ReadonlySignal } from "@preact/signals";
import { batch, effect, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { get, getText, part } from "../api/client.ts";
import type { CodeFrame, CodeSite, InstanceDetail, InstanceList, Preview, Progress, Why } from "../api/wire.ts";
import type { LoadedHistory } from "./histories.ts";
import { EMPTY, readBefore, readOn } from "./histories.ts";
import { listen, storeNow, streamState, watchInstances } from "./hub.ts";
import { asError, isMissing } from "./problems.ts";

const AGAIN_MS = 10_000;
const LONGEST_PAGE = 1_000;

/** One instance, as long as it is looked at: read once, and then what changes of it. */
export class InstanceView {
  readonly id: string;
  /** That have had it in memory, or run something of it, as far as the host has seen. */
  readonly workers = new Set<number>();
  /** When why it waits was read, store time. */
  readAt = 0;
  readonly #detail = signal<InstanceDetail | null>(null);
  readonly #why = signal<Why | null>(null);
  readonly #history = signal<LoadedHistory>(EMPTY);
  readonly #children = signal<ReadonlyMap<string, LoadedHistory>>(new Map());
  readonly #progress = signal<ReadonlyMap<string, Progress>>(new Map());
  readonly #problem = signal<Error | null>(null);
  readonly #isGone = signal(false);
  #executionId: string | null = null;
  #isReading = false;
  #isStale = false;
  #stop: (() => void) | null = null;
  #earlier: Promise<void> | null = null;

  constructor(id: string) {
    this.id = id;
  }

  get detail(): ReadonlySignal<InstanceDetail | null> {
    return this.#detail;
  }
  get why(): ReadonlySignal<Why | null> {
    return this.#why;
  }
  get history(): ReadonlySignal<LoadedHistory> {
    return this.#history;
  }
  /** Histories of the children that are open in the timeline, by their ids. */
  get children(): ReadonlySignal<ReadonlyMap<string, LoadedHistory>> {
    return this.#children;
  }
  /** What running activities have said last of how far they are: of this instance, and of the children that are open. */
  progressOf(id: string, eventId: number, attempt: number): Progress | null {
    const found = this.#progress.value.get(progressKey(id, eventId));
    return found?.attempt === attempt ? found : null;
  }
  get problem(): ReadonlySignal<Error | null> {
    return this.#problem;
  }
  get isGone(): ReadonlySignal<boolean> {
    return this.#isGone;
  }

  open(): void {
    const stopListening = listen("changed", ({ id, row }) => {
      if (id === this.id && row === null) this.#isGone.value = true;
      else if (id === this.id) this.refresh();
      else if (this.#children.peek().has(id)) void this.openChild(id);
    });
    const stopProgress = listen("progress", (said) => {
      if (said.id === this.id || this.#children.peek().has(said.id))
        this.#progress.value = new Map(this.#progress.peek()).set(progressKey(said.id, said.eventId), said);
    });
    this.#watch();
    // After a time without the stream nobody knows what has happened.
    const stopReading = effect(() => {
      if (streamState.value === "open") this.refresh();
    });
    // What is in line begins to run without that anything of the instance changes.
    const timer = setInterval(() => {
      if (!document.hidden && this.#why.peek()?.waits.some(({ kind }) => kind === "activity") === true) this.refresh();
    }, AGAIN_MS);
    this.#stop = () => {
      clearInterval(timer);
      stopListening();
      stopProgress();
      stopReading();
    };
    this.refresh();
  }

  close(): void {
    this.#stop?.();
    this.#stop = null;
    watchInstances([]);
  }

  /** Soon: what comes while it is being read is read once more, and not more often. */
  refresh(): void {
    this.#isStale = true;
    if (this.#isReading) return;
    this.#isReading = true;
    void this.#readAll().finally(() => {
      this.#isReading = false;
    });
  }

  /** One part at a time: who asks meanwhile waits for the same one. */
  loadEarlier(): Promise<void> {
    this.#earlier ??= this.#readEarlier().finally(() => {
      this.#earlier = null;
    });
    return this.#earlier;
  }

  async #readEarlier(): Promise<void> {
    const { items, total } = this.#history.peek();
    const first = items[0]?.seq ?? total;
    if (first === 0) return;
    const execution = this.#executionId;
    const earlier = await readBefore(this.id, first);
    // Another execution has begun meanwhile: this part is of a history that is gone.
    if (execution !== this.#executionId) return;
    const loaded = this.#history.peek();
    this.#history.value = { ...loaded, items: [...earlier, ...loaded.items] };
  }

  async openChild(id: string): Promise<void> {
    const history = await readOn(id, EMPTY);
    this.#children.value = new Map(this.#children.peek()).set(id, history);
    this.#watch();
  }

  closeChild(id: string): void {
    const children = new Map(this.#children.peek());
    children.delete(id);
    this.#children.value = children;
    this.#watch();
  }

  #watch(): void {
    watchInstances([this.id, ...this.#children.peek().keys()].slice(0, 20));
  }

  async #readAll(): Promise<void> {
    while (this.#isStale && this.#stop !== null) {
      this.#isStale = false;
      try {
        await this.#read();
        this.#problem.value = null;
      } catch (error) {
        if (error instanceof Error && isMissing(error)) this.#isGone.value = true;
        this.#problem.value = asError(error);
        return;
      }
    }
  }

  async #read(): Promise<void> {
    const [detail, why] = await Promise.all([
      get<InstanceDetail>(`/instances/${part(this.id)}`),
      get<Why>(`/instances/${part(this.id)}/why`),
    ]);
    // Another execution has another history: it was rewound, restarted under its id, or continued as new.
    const known = detail.executionId === this.#executionId ? this.#history.peek() : EMPTY;
    const history = await readOn(this.id, known.total > detail.events ? EMPTY : known);
    if (detail.executionId !== this.#executionId) this.#progress.value = new Map();
    this.#executionId = detail.executionId;
    this.readAt = storeNow();
    for (const worker of [...detail.heldBy, ...why.waits.map((wait) => wait.worker)]) if (worker !== null) this.workers.add(worker);
    batch(() => {
      this.#detail.value = detail;
      this.#why.value = why;
      this.#history.value = history;
      this.#isGone.value = false;
    });
  }
}

const progressKey = (id: string, eventId: number): string => `${eventId} ${id}`;

/** The whole of a payload, with all its digits. */
export const readPayload = (id: string, { at }: Preview, signal?: AbortSignal): Promise<string> =>
  getText(`/instances/${part(id)}/payload`, { at }, signal);

export const readSource = ({ file, line }: CodeSite, signal?: AbortSignal): Promise<CodeFrame> =>
  get<CodeFrame>("/source", { file, line }, signal);

/** Its sub-orchestrations, oldest first; those behind a page by its cursor. */
export const readChildren = (id: string, cursor?: string): Promise<InstanceList> =>
  get<InstanceList>("/instances", { parentId: id, order: "oldest", limit: LONGEST_PAGE, cursor });

/** For as long as the screen is shown. */
export function useInstance(id: string): InstanceView {
  const view = useMemo(() => new InstanceView(id), [id]);
  useEffect(() => {
    view.open();
    return () => view.close();
  }, [view]);
  return view;
}
