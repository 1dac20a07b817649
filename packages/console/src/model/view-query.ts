/** What the address says of a list of instances. The names are those of the address, short and readable; times are kept as spans, so that a link stays true. */
export interface ViewQuery {
  readonly open: boolean;
  readonly stopped: boolean;
  readonly status: readonly ListedStatus[];
  readonly name: string | null;
  readonly version: string | null;
  readonly id: string | null;
  /** `key` or `key:value`. */
  readonly tags: readonly string[];
  readonly started: Span | null;
  readonly ended: Span | null;
  readonly order: Order;
  /** Looked for among those that are open, one by one. */
  readonly waits: Waits | null;
  /** Part of the text of a failure. */
  readonly error: string | null;
  readonly parent: string | null;
}

export const LISTED = ["Pending", "Running", "Suspended", "Completed", "Failed", "Terminated", "Canceled"] as const;
export type ListedStatus = (typeof LISTED)[number];

export const ORDERS = ["newest", "oldest", "ended"] as const;
export type Order = (typeof ORDERS)[number];

export const SPANS = { "15m": 900_000, "1h": 3_600_000, "24h": 86_400_000, "7d": 604_800_000, "30d": 2_592_000_000 } as const;
export type Span = keyof typeof SPANS;
export const SPAN_NAMES = Object.keys(SPANS) as readonly Span[];

export const WAITS = ["event", "activity", "retry", "timer", "child", "entity", "lock", "message"] as const;
export type Waits = (typeof WAITS)[number];

export const SPAN_TEXTS: Readonly<Record<Span, string>> = {
  "15m": "last 15 minutes",
  "1h": "last hour",
  "24h": "last 24 hours",
  "7d": "last 7 days",
  "30d": "last 30 days",
};

export const ORDER_TEXTS: Readonly<Record<Order, string>> = { newest: "Newest first", oldest: "Oldest first", ended: "Last ended first" };

export const WAIT_TEXTS: Readonly<Record<Waits, string>> = {
  event: "an event",
  activity: "an activity",
  retry: "the next attempt",
  timer: "a timer",
  child: "a child",
  entity: "an entity",
  lock: "a lock",
  message: "a message",
};

const one = <T extends string>(all: readonly T[], text: string | null): T | null => all.find((known) => known === text) ?? null;
const list = (text: string | null): readonly string[] => (text === null || text === "" ? [] : text.split(","));
const spanOf = (text: string | null): Span | null => one(SPAN_NAMES, text);
const textOf = (text: string | null): string | null => (text === null || text === "" ? null : text);

export function parseView(query: URLSearchParams): ViewQuery {
  const chosen = list(query.get("status"));
  return {
    open: query.get("open") === "1",
    stopped: query.get("stopped") === "1",
    status: LISTED.filter((status) => chosen.includes(status)),
    name: textOf(query.get("name")),
    version: textOf(query.get("version")),
    id: textOf(query.get("id")),
    tags: list(query.get("tag")),
    started: spanOf(query.get("started")),
    ended: spanOf(query.get("ended")),
    order: one(ORDERS, query.get("order")) ?? "newest",
    waits: one(WAITS, query.get("waits")),
    error: textOf(query.get("error")),
    parent: textOf(query.get("parent")),
  };
}

/** What a host is asked for, with spans as times from `now` on. */
export interface AskedFilter {
  status?: readonly ListedStatus[];
  open?: boolean;
  stopped?: boolean;
  name?: string;
  version?: string;
  idPrefix?: string;
  tag?: readonly string[];
  createdFrom?: number;
  endedFrom?: number;
  errorText?: string;
  parentId?: string;
}

export function askedFilter(view: ViewQuery, now: number): AskedFilter {
  const asked: AskedFilter = {};
  if (view.open || view.waits !== null) asked.open = true;
  if (view.stopped) asked.stopped = true;
  if (view.status.length > 0) asked.status = view.status;
  if (view.name !== null) asked.name = view.name;
  if (view.version !== null) asked.version = view.version;
  if (view.id !== null) asked.idPrefix = view.id;
  if (view.tags.length > 0) asked.tag = view.tags;
  if (view.started !== null) asked.createdFrom = now - SPANS[view.started];
  if (view.ended !== null) asked.endedFrom = now - SPANS[view.ended];
  if (view.error !== null) asked.errorText = view.error;
  if (view.parent !== null) asked.parentId = view.parent;
  return asked;
}

/** Nothing is asked for but an order. */
export const isWhole = (view: ViewQuery): boolean => Object.keys(askedFilter(view, 0)).length === 0;
