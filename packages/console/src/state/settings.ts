import type { Signal } from "@preact/signals";
import { effect, signal } from "@preact/signals";

const PREFIX = "perdure.console.";

/** Kept in this browser; where that is forbidden, for as long as the page is open. */
export function kept<T>(name: string, first: T, isOne: (value: unknown) => value is T): Signal<T> {
  const value = signal<T>(read(name, first, isOne));
  let isFirst = true;
  effect(() => {
    const text = JSON.stringify(value.value);
    if (isFirst) isFirst = false;
    else write(name, text);
  });
  return value;
}

function read<T>(name: string, first: T, isOne: (value: unknown) => value is T): T {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(PREFIX + name) ?? "null");
    return isOne(value) ? value : first;
  } catch {
    return first;
  }
}

function write(name: string, text: string): void {
  try {
    localStorage.setItem(PREFIX + name, text);
  } catch {
    // nothing is kept
  }
}

export type Theme = "system" | "light" | "dark";

const isTheme = (value: unknown): value is Theme => value === "system" || value === "light" || value === "dark";
const isFlag = (value: unknown): value is boolean => typeof value === "boolean";

export const theme = kept<Theme>("theme", "system", isTheme);
/** Keys that are one letter can be turned off: speech input types them by accident. */
export const letterKeys = kept("letters", true, isFlag);
/** Long waits are drawn short in a timeline. */
export const compressesWaits = kept("compress", true, isFlag);
export const showsUtc = kept("utc", false, isFlag);

effect(() => {
  if (theme.value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
});
