/** What the address behind the `#` names: `#/instances/order-1/history?find=Pack`. */
export const SCREENS = ["instances", "instance", "entities", "failures", "workers", "functions", "schedules", "first-steps"] as const;

export type ScreenName = (typeof SCREENS)[number];

export interface Route {
  readonly screen: ScreenName;
  /** Behind the name of the screen, decoded: of an instance its id, and the tab. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

const isScreen = (name: string): name is ScreenName => SCREENS.some((screen) => screen === name);

/** Null: there is no such screen. Nothing at all is the list of instances. */
export function parseRoute(hash: string): Route | null {
  const [place = "", query = ""] = splitOnce(hash.replace(/^#?\/?/, ""), "?");
  const [first = "", ...rest] = place.split("/").map(decoded);
  const path = rest.filter((part) => part !== "");
  const screen = first === "" ? "instances" : first === "instances" && path.length > 0 ? "instance" : first;
  return isScreen(screen) && first !== "instance" ? { screen, path, query: new URLSearchParams(query) } : null;
}

export function hrefOf(
  screen: ScreenName,
  path: readonly string[] = [],
  query: URLSearchParams | Readonly<Record<string, string>> = {},
): string {
  const place = [screen === "instance" ? "instances" : screen, ...path].map((part) => encodeURIComponent(part)).join("/");
  const text = new URLSearchParams(query).toString();
  return `#/${place}${text === "" ? "" : `?${text}`}`;
}

/** `@name@key`. Two marks at the beginning: an orchestration that is part of Perdure. */
export const isEntityId = (id: string): boolean => /^@[^@]+@/.test(id);

/** Of an entity: where its state is shown. */
export const instanceHref = (id: string, tab?: string): string =>
  isEntityId(id) ? hrefOf("entities", [id]) : hrefOf("instance", tab === undefined ? [id] : [id, tab]);

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // typed by hand: a lone percent sign
  }
}

function splitOnce(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
