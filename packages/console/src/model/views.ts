/** A list with a name: the part of the address behind the `?`. */
export interface View {
  readonly name: string;
  readonly query: string;
}

/** Those that everybody has. */
export const BUILT_IN: readonly View[] = [
  { name: "All", query: "" },
  { name: "Open", query: "open=1" },
  { name: "Needs attention", query: "stopped=1" },
  { name: "Waits for a person", query: "waits=event" },
  { name: "Failed today", query: "status=Failed&ended=24h&order=ended" },
];

const LONGEST_NAME = 60;

/** In one order, so that the same list is the same text. */
export function normalQuery(query: URLSearchParams): string {
  const sorted = new URLSearchParams([...query].filter(([, value]) => value !== "").sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  return sorted.toString();
}

/** The view that the address shows, if it is one of them. */
export function viewOf(query: URLSearchParams, views: readonly View[]): View | null {
  const shown = normalQuery(query);
  return views.find((view) => normalQuery(new URLSearchParams(view.query)) === shown) ?? null;
}

/** One of that name is replaced. */
export function withView(views: readonly View[], name: string, query: URLSearchParams): readonly View[] {
  const view = { name: name.trim().slice(0, LONGEST_NAME), query: normalQuery(query) };
  return [...views.filter((other) => other.name !== view.name), view];
}

export function isViews(value: unknown): value is readonly View[] {
  return Array.isArray(value) && value.every((view) => typeof view?.name === "string" && typeof view?.query === "string");
}
