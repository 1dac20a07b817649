import { useEffect, useRef } from "preact/hooks";
import { letterKeys } from "./settings.ts";

export type KeyMap = Readonly<Record<string, (event: KeyboardEvent) => void>>;

const layers: { current: KeyMap }[] = [];
const CONTROLS = "input, textarea, select, [contenteditable], dialog, [role=menu], [role=listbox]";

/** Keys of the page, while this is shown; the last one to be shown is asked first. Names are those of `KeyboardEvent.key`. */
export function useKeys(keys: KeyMap): void {
  const layer = useRef(keys);
  layer.current = keys;
  useEffect(() => {
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
    };
  }, []);
}

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof Element && event.target.closest(CONTROLS) !== null) return;
  if (document.querySelector("dialog[open]") !== null) return;
  const isLetter = /^[a-z?/]$/i.test(event.key);
  if (isLetter && !letterKeys.value) return;
  const found = layers.findLast(({ current }) => event.key in current);
  if (found === undefined) return;
  event.preventDefault();
  found.current[event.key]?.(event);
});
