import type { ComponentChildren } from "preact";

/** A part that may be longer or wider than its place: it takes the focus, so that arrow keys scroll it. */
export function ScrollArea({
  label,
  look,
  children,
}: {
  readonly label: string;
  readonly look: string;
  readonly children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled must be reached with the keyboard
    <section class={look} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
