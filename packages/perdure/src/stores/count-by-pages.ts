import type { CountQuery, InstanceCount, InstanceFilter, InstancePage, InstanceQuery } from "../store/queries.ts";

const PAGE = 500;

/** What no database decides by itself: then rows are read to be counted. */
export const isInTexts = ({ tags, errorText }: InstanceFilter): boolean => tags !== undefined || errorText !== undefined;

interface PageAfterPage {
  /** Null: it is all counted. */
  readonly query: InstanceQuery | null;
  readonly answer: InstanceCount;
}

const next = ({ filter, cap, lookAtMost }: CountQuery, count: number, continuation: string | null): InstanceQuery => {
  const query = { ...filter, payloads: "none", limit: Math.min(PAGE, cap + 1 - count), continuation } as const;
  return lookAtMost === undefined ? query : { ...query, lookAtMost };
};

function after(params: CountQuery, counted: number, { rows, continuation, reachedBackTo }: InstancePage): PageAfterPage {
  const count = counted + rows.length;
  if (count > params.cap) return { query: null, answer: { count: params.cap, exact: false } };
  const answer = { count, exact: continuation === null };
  return { query: continuation === null || reachedBackTo !== null ? null : next(params, count, continuation), answer };
}

export function countByPages(read: (query: InstanceQuery) => InstancePage, params: CountQuery): InstanceCount {
  let query: InstanceQuery | null = next(params, 0, null);
  let answer: InstanceCount = { count: 0, exact: true };
  while (query !== null) ({ query, answer } = after(params, answer.count, read(query)));
  return answer;
}

/** The same where a read takes its time. */
export async function countByPagesLater(read: (query: InstanceQuery) => Promise<InstancePage>, params: CountQuery): Promise<InstanceCount> {
  let query: InstanceQuery | null = next(params, 0, null);
  let answer: InstanceCount = { count: 0, exact: true };
  while (query !== null) ({ query, answer } = after(params, answer.count, await read(query)));
  return answer;
}
