import { computed, signal } from "@preact/signals";
import type { Route } from "../model/routes.ts";
import { parseRoute } from "../model/routes.ts";

const hash = signal(location.hash);

addEventListener("hashchange", () => {
  hash.value = location.hash;
});

/** Null: the address names no screen. */
export const route = computed<Route | null>(() => parseRoute(hash.value));

/** As a click on a link. */
export function go(href: string): void {
  location.hash = href;
}

/** The address of what is already shown, for example with another filter: no step for the back button. */
export function replaceRoute(href: string): void {
  history.replaceState(null, "", href);
  hash.value = location.hash;
}

/** One value of the query is another: undefined takes it away. */
export function setQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const [place = ""] = (hash.peek() === "" ? "#/instances" : hash.peek()).split("?");
  const query = new URLSearchParams(route.peek()?.query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  replaceRoute(text === "" ? place : `${place}?${text}`);
}
