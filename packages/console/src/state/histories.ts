import { get, part } from "../api/client.ts";
import type { HistoryItem, HistoryPage } from "../api/wire.ts";

/** Events asked for at once: what a host gives at most. Of a longer history the end comes first. */
const PAGE_EVENTS = 1_000;

/** What is loaded of a history: a range without gaps, up to its end. */
export interface LoadedHistory {
  readonly items: readonly HistoryItem[];
  /** Of all events; those before the first item are not loaded. */
  readonly total: number;
  readonly problem: string | null;
}

export const EMPTY: LoadedHistory = { items: [], total: 0, problem: null };

/** What is known, and what has come since; of one that is not known its end. */
export async function readOn(id: string, known: LoadedHistory): Promise<LoadedHistory> {
  const isKnown = known.items.length > 0;
  return readToEnd(id, known.items, isKnown ? { from: known.total, limit: PAGE_EVENTS } : { tail: PAGE_EVENTS });
}

type Part = { readonly from: number; readonly limit: number } | { readonly tail: number };

/** A page may end earlier than it was asked to: its payloads have a limit, too. */
async function readToEnd(id: string, before: readonly HistoryItem[], first: Part): Promise<LoadedHistory> {
  const items = [...before];
  for (let next: Part = first; ; ) {
    const page = await readPage(id, next);
    items.push(...page.events);
    if (page.next === null || page.events.length === 0) return { items, total: page.total, problem: page.problem };
    next = { from: page.next, limit: PAGE_EVENTS };
  }
}

/** The events in front of this one, as many as come at once, without a gap. */
export async function readBefore(id: string, end: number): Promise<readonly HistoryItem[]> {
  const items: HistoryItem[] = [];
  for (let from: number | null = Math.max(0, end - PAGE_EVENTS); from !== null && from < end; ) {
    const page: HistoryPage = await readPage(id, { from, limit: end - from });
    items.push(...page.events.filter(({ seq }) => seq < end));
    from = page.events.length === 0 ? null : page.next;
  }
  return items;
}

const readPage = (id: string, query: Part): Promise<HistoryPage> => get<HistoryPage>(`/instances/${part(id)}/history`, query);
