import type { Signal } from "@preact/signals";
import { batch, signal } from "@preact/signals";
import { get, post } from "../api/client.ts";
import type { Doing, InstanceList, InstanceRow } from "../api/wire.ts";
import type { ViewQuery } from "../model/view-query.ts";
import { askedFilter } from "../model/view-query.ts";
import { MOST_DOING, readDoing } from "./doing.ts";
import { storeNow } from "./hub.ts";
import { asError } from "./problems.ts";

const FIRST_PAGE = 100;
const LONGEST_PAGE = 1_000;
const MOST_LOOKED_UP = 100;
const SETTLE_MS = 80;
/** How many rows are there before they are seen. */
const AHEAD = 60;
/** A list that takes new rows by itself starts over beyond this: it would grow for as long as the page is open. */
const MOST_KEPT = 1_000;
/** What waits for something is looked for among so many open ones, before a person says to look further. */
const MOST_LOOKED_THROUGH = 1_000;

export interface ListState {
  readonly isLoading: boolean;
  readonly error: Error | null;
  /** There are no more. */
  readonly isWhole: boolean;
  /** Looked back so far without filling a page. */
  readonly reachedBackTo: number | null;
  /** Somebody has stopped the search, or it has looked through enough. */
  readonly isStopped: boolean;
}

const BEFORE: ListState = { isLoading: false, error: null, isWhole: false, reachedBackTo: null, isStopped: false };

/**
 * The rows of one list: pages as they are needed, and of what is seen what it is doing. Each row is a signal, so that a change draws that row alone. New ones
 * are kept apart until somebody takes them: nothing moves under a pointer.
 */
export class InstanceRows {
  readonly order = signal<readonly string[]>([]);
  readonly state = signal<ListState>(BEFORE);
  /** Begun since, newest first: their ids. */
  readonly fresh = signal<readonly string[]>([]);
  /** There are more new ones than those: when they are taken the list starts over. */
  readonly hasGap = signal(false);
  readonly #view: ViewQuery;
  readonly #rows = new Map<string, Signal<InstanceRow | null>>();
  readonly #doing = new Map<string, Signal<Doing | null>>();
  readonly #ended = new AbortController();
  #cursor: string | null = null;
  /** The newest page as it was last read, and behind it a place to go on from. */
  #newest: { readonly ids: readonly string[]; readonly cursor: string | null } = { ids: [], cursor: null };
  /** How often it has started over. */
  #round = 0;
  #pageSize = FIRST_PAGE;
  #seen: readonly string[] = [];
  #needed = AHEAD;
  #lookedThrough = 0;
  #isRefreshing = false;
  #settled: ReturnType<typeof setTimeout> | undefined;

  constructor(view: ViewQuery) {
    this.#view = view;
    void this.#more();
  }

  end(): void {
    clearTimeout(this.#settled);
    this.#ended.abort();
  }

  rowOf(id: string): Signal<InstanceRow | null> {
    return entryOf(this.#rows, id);
  }

  doingOf(id: string): Signal<Doing | null> {
    return entryOf(this.#doing, id);
  }

  /** These are seen, up to this place of the list. */
  see(ids: readonly string[], end: number): void {
    this.#seen = ids;
    this.#needed = end + AHEAD;
    void this.#more();
    // Not for each step of a scroll: what flies past is read by nobody.
    clearTimeout(this.#settled);
    this.#settled = setTimeout(() => this.#askDoing(ids.filter((id) => this.doingOf(id).peek() === null)).catch(() => {}), SETTLE_MS);
  }

  /** What is seen, as it is now, and whether there are newer ones. */
  async refresh(): Promise<void> {
    if (this.#isRefreshing || this.#ended.signal.aborted) return;
    this.#isRefreshing = true;
    try {
      const newest = await this.#askNewest();
      if (newest !== null) batch(() => this.#addFresh(newest));
      // Most of what is seen is among the newest, as a rule; a list that has started over has no others.
      const seen = this.#seen.filter((id) => this.#rows.has(id));
      const listed = new Map(newest?.rows.map((row) => [row.id, row]));
      const moving = seen.filter((id) => this.#moves(id));
      const [rows, doing] = await Promise.all([this.#lookUp(seen.filter((id) => !listed.has(id))), readDoing(moving, this.#ended.signal)]);
      // What one is and what it does come together, and are drawn once.
      batch(() => {
        putAll(this.#rows, [...seen.flatMap((id) => listed.get(id) ?? []), ...rows]);
        putAll(this.#doing, doing);
      });
    } catch {
      // the next time
    }
    this.#isRefreshing = false;
  }

  /** New rows go on top; where there are more than are known, or too many in all, the list starts over with them. */
  takeFresh(): void {
    const order = this.order.peek();
    const isAtTop = this.#seen[0] === order[0];
    batch(() => {
      if (this.hasGap.peek() || (isAtTop && order.length > MOST_KEPT)) this.#startOver();
      else this.order.value = [...this.fresh.peek(), ...order];
      this.fresh.value = [];
      this.hasGap.value = false;
    });
  }

  #startOver(): void {
    const { ids, cursor } = this.#newest;
    this.#round += 1;
    this.#cursor = cursor;
    this.#pageSize = FIRST_PAGE;
    this.order.value = ids;
    this.state.value = { ...BEFORE, isWhole: cursor === null };
    const kept = new Set(ids);
    for (const entries of [this.#rows, this.#doing]) for (const id of entries.keys()) if (!kept.has(id)) entries.delete(id);
  }

  stop(): void {
    this.state.value = { ...this.state.peek(), isStopped: true };
  }

  lookFurther(): void {
    this.#lookedThrough = 0;
    this.state.value = { ...this.state.peek(), isStopped: false, error: null };
    void this.#more();
  }

  #moves(id: string): boolean {
    const row = this.rowOf(id).peek();
    return row !== null && row.completedAt === null;
  }

  /** Pages until there are as many rows as are needed. */
  async #more(): Promise<void> {
    const { isLoading, isWhole, isStopped } = this.state.peek();
    if (isLoading || isWhole || isStopped || this.order.peek().length >= this.#needed) return;
    this.state.value = { ...this.state.peek(), isLoading: true };
    try {
      await this.#page();
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      this.state.value = { ...this.state.peek(), isLoading: false, isStopped: true, error: asError(error) };
      return;
    }
    void this.#more();
  }

  async #page(): Promise<void> {
    const isSearch = this.#view.waits !== null;
    const limit = isSearch ? MOST_DOING : this.#pageSize;
    const round = this.#round;
    this.#pageSize = Math.min(LONGEST_PAGE, this.#pageSize * 2);
    const { rows, cursor, reachedBackTo } = await this.#ask(limit, this.#cursor);
    if (round !== this.#round) return; // what it is to be put behind is gone
    putAll(this.#rows, rows);
    this.#cursor = cursor;
    this.#lookedThrough += rows.length;
    const found = isSearch ? await this.#waiting(rows) : rows;
    const known = new Set(this.order.peek());
    const added = found.map(({ id }) => id).filter((id) => !known.has(id));
    this.order.value = added.length === 0 ? this.order.peek() : [...this.order.peek(), ...added];
    this.state.value = {
      isLoading: false,
      error: null,
      isWhole: cursor === null,
      reachedBackTo: isSearch && cursor !== null ? (rows.at(-1)?.createdAt ?? null) : reachedBackTo,
      isStopped: this.state.peek().isStopped || (isSearch && this.#lookedThrough >= MOST_LOOKED_THROUGH),
    };
  }

  async #waiting(rows: readonly InstanceRow[]): Promise<readonly InstanceRow[]> {
    await this.#askDoing(rows.map(({ id }) => id));
    return rows.filter(({ id }) => this.doingOf(id).peek()?.kind === this.#view.waits);
  }

  #ask(limit: number, cursor: string | null): Promise<InstanceList> {
    const { order } = this.#view;
    const place = cursor === null ? {} : { cursor };
    return get<InstanceList>("/instances", { ...askedFilter(this.#view, storeNow()), order, limit, ...place }, this.#ended.signal);
  }

  #lookUp(seen: readonly string[]): Promise<readonly InstanceRow[]> {
    const ids = seen.slice(0, MOST_LOOKED_UP);
    return ids.length === 0 ? Promise.resolve([]) : post("/instances/lookup", { ids }, this.#ended.signal);
  }

  async #askNewest(): Promise<InstanceList | null> {
    const { order, waits } = this.#view;
    return order !== "newest" || waits !== null || this.state.peek().isLoading ? null : this.#ask(FIRST_PAGE, null);
  }

  #addFresh({ rows, cursor }: InstanceList): void {
    const order = this.order.peek();
    const before = this.fresh.peek();
    // Rows that are no longer on the page are not new ones.
    const known = new Set([...order, ...before]);
    const from = this.rowOf(order[0] ?? "").peek()?.createdAt ?? 0;
    const fresh = rows.filter(({ id, createdAt }) => !known.has(id) && createdAt >= from);
    putAll(this.#rows, fresh);
    this.#newest = { ids: rows.map(({ id }) => id), cursor };
    if (fresh.length === 0) return;
    const isGap = fresh.length === rows.length && cursor !== null;
    if (isGap) this.hasGap.value = true;
    const ids = fresh.map(({ id }) => id);
    this.fresh.value = isGap ? ids : [...ids, ...before];
  }

  async #askDoing(ids: readonly string[]): Promise<void> {
    putAll(this.#doing, await readDoing(ids, this.#ended.signal));
  }
}

function entryOf<T>(entries: Map<string, Signal<T | null>>, id: string): Signal<T | null> {
  const known = entries.get(id);
  if (known !== undefined) return known;
  const made = signal<T | null>(null);
  entries.set(id, made);
  return made;
}

function putAll<T extends { readonly id: string }>(entries: Map<string, Signal<T | null>>, all: readonly T[]): void {
  for (const one of all) {
    const entry = entryOf(entries, one.id);
    if (!isSame(entry.peek(), one)) entry.value = one;
  }
}

/** Small and plain: comparing their text costs less than drawing a row again. */
const isSame = (a: object | null, b: object): boolean => a !== null && JSON.stringify(a) === JSON.stringify(b);
