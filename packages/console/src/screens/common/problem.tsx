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
