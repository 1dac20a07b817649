import type { ComponentChildren } from "preact";

/** The content of a screen, below the bar that says where one is. Without `scrolls` a part of it does. */
export function Page({ children, scrolls = true }: { readonly children: ComponentChildren; readonly scrolls?: boolean }) {
  return (
    <main id="content" class={scrolls ? "page scroll" : "page"} tabIndex={-1}>
      {children}
    </main>
  );
}

/** What is said in place of a content. */
export function Notice({ title, children }: { readonly title: string; readonly children?: ComponentChildren }) {
  return (
    <section class="card notice">
      <h2>{title}</h2>
      {children}
    </section>
  );
}
