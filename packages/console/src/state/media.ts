import { signal } from "@preact/signals";

const narrow = matchMedia("(max-width: 860px)");

/** One column, as on a telephone: the same width as in narrow.css. */
export const isNarrow = signal(narrow.matches);

narrow.addEventListener("change", () => {
  isNarrow.value = narrow.matches;
});
