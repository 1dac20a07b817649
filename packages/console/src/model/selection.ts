/** Which rows are chosen, and where a range begins. */
export interface Selection {
  readonly ids: ReadonlySet<string>;
  readonly anchor: string | null;
}

export const NOTHING: Selection = { ids: new Set(), anchor: null };

export function toggled({ ids }: Selection, id: string): Selection {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, anchor: id };
}

/** All from the one where it began up to this one, in the order of the list; what was chosen before stays. */
export function ranged({ ids, anchor }: Selection, to: string, order: readonly string[]): Selection {
  const from = anchor === null ? -1 : order.indexOf(anchor);
  const end = order.indexOf(to);
  if (from < 0 || end < 0) return { ids: new Set([...ids, to]), anchor: to };
  const between = order.slice(Math.min(from, end), Math.max(from, end) + 1);
  return { ids: new Set([...ids, ...between]), anchor };
}

export const allOf = (order: readonly string[]): Selection => ({ ids: new Set(order), anchor: order[0] ?? null });
