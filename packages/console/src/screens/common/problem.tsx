import { Notice } from "../../widgets/page.tsx";

/** What an answer was in place of a value; nothing when there is none. */
export function Problem({ error }: { readonly error: Error | null }) {
  if (error === null) return null;
  return (
    <Notice title="The host has answered with an error">
      <p class="bad wrap-anywhere">{error.message}</p>
    </Notice>
  );
}

/** Why the host did not do what was sent; nothing when it did. */
export function Refusal({ text }: { readonly text: string | null }) {
  if (text === null) return null;
  return (
    <p class="bad wrap-anywhere" role="alert">
      {text}
    </p>
  );
}
