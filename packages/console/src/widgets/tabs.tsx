import type { ComponentChildren } from "preact";

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly href: string;
  readonly count?: string | undefined;
  readonly tone?: "warn" | "bad" | undefined;
}

/** Parts of a screen, each with an address of its own: links, so that they open in a new tab of the browser, too. */
export function Tabs({
  label,
  tabs,
  chosen,
  children,
}: {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly chosen: string | null;
  readonly children?: ComponentChildren;
}) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ id, label: text, href, count, tone }) => (
        <a key={id} href={href} aria-current={id === chosen ? "page" : undefined}>
          {text}
          {count !== undefined && (
            <>
              {" "}
              <small class={tone}>{count}</small>
            </>
          )}
        </a>
      ))}
      {children}
    </nav>
  );
}
