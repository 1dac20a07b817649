import type { Place } from "../store/page-token.ts";
import { pageToken, parsePageToken } from "../store/page-token.ts";
import type { InstancePage, InstanceQuery } from "../store/queries.ts";
import type { InstanceRow } from "../store/rows.ts";
import type { PagePart } from "./page-cut.ts";
import { placeOf } from "./page-cut.ts";

/** Rows of the first look: enough for a page of what most rows are, and 0.2 ms where few are. */
const FIRST_LOOK = 2_000;
const NEXT_LOOKS = 16_000;
const LONGEST_MS = 1_000;

/** What is to be read next: rows behind `from`, of the next `rows` in order (null: of all) as many as still fit on the page. */
export interface LookStep {
  readonly from: Place | null;
  readonly rows: number | null;
  readonly limit: number;
  readonly maxBytes: number;
}

/**
 * One page of a query, found by looks along its order. A look is two reads: where it ends (`edge`, a step along an index), and what is between. So however few
 * rows are meant, a page costs no more than the looks that it may take, and the next continues behind them.
 */
export class PageLook {
  readonly #query: InstanceQuery;
  /** Everything between two places is meant: no look is in vain. */
  readonly #isPlain: boolean;
  readonly #until: number;
  readonly #rows: InstanceRow[] = [];
  #bytes = 0;
  #from: Place | null;
  #left: number;
  #page: InstancePage | null = null;

  constructor(query: InstanceQuery, isPlain: boolean) {
    this.#query = query;
    this.#isPlain = isPlain || query.lookAtMost === undefined;
    this.#until = performance.now() + LONGEST_MS;
    this.#from = query.continuation === null ? null : parsePageToken(query.continuation, query.orderBy);
    this.#left = query.lookAtMost ?? 0;
  }

  /** Null: the page is complete. */
  next(): LookStep | null {
    if (this.#page !== null) return null;
    const { limit, maxBytes = Number.POSITIVE_INFINITY } = this.#query;
    const size = this.#left === this.#query.lookAtMost ? FIRST_LOOK : NEXT_LOOKS;
    return {
      from: this.#from,
      rows: this.#isPlain ? null : Math.min(size, this.#left),
      limit: limit - this.#rows.length,
      maxBytes: maxBytes - this.#bytes,
    };
  }

  /** `edge`: the last row of the look; null: there is nothing behind it. */
  took(step: LookStep, edge: Place | null, part: PagePart): void {
    this.#rows.push(...part.rows);
    this.#bytes += part.bytes;
    this.#left -= step.rows ?? 0;
    if (part.isCut) this.#end(part.last === null ? edge : placeOf(part.last, this.#query.orderBy), false);
    else if (edge === null) this.#end(null, false);
    else if (part.rows.length === step.limit || part.bytes >= step.maxBytes) this.#end(edge, false);
    else if (this.#left <= 0 || performance.now() > this.#until) this.#end(edge, true);
    else this.#from = edge;
  }

  page(): InstancePage {
    return this.#page ?? { rows: this.#rows, continuation: null, reachedBackTo: null };
  }

  #end(at: Place | null, isTired: boolean): void {
    const continuation = at === null ? null : pageToken(at, this.#query.orderBy);
    this.#page = { rows: this.#rows, continuation, reachedBackTo: isTired && at !== null ? at.at : null };
  }
}
