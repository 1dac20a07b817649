import { useEffect, useRef, useState } from "preact/hooks";
import { signIn } from "../../state/session.ts";
import { Icon } from "../../widgets/icon.tsx";
import { useSending } from "../common/sending.ts";

/** The key of the host; with a key for reading the page shows no button that would be refused. */
export function SignInScreen() {
  const field = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const { isSending, send } = useSending((refused) => {
    setProblem(refused);
    field.current?.select();
  });
  useEffect(() => field.current?.focus(), []);
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    setProblem(null);
    send(() => signIn(field.current?.value ?? ""));
  };
  return (
    <main class="sign-in">
      <form class="card" onSubmit={onSubmit}>
        <div class="brand">
          <img src="./icon.svg" alt="" />
          Perdure
        </div>
        <h1>Sign in</h1>
        <p class="muted">
          This host asks for a key: one of those it was started with. A key for reading shows everything and changes nothing.
        </p>
        <div class="field">
          <label for="key">Key</label>
          <input
            id="key"
            ref={field}
            class="text-input"
            type="password"
            autocomplete="current-password"
            required
            aria-invalid={problem !== null}
            aria-describedby={problem === null ? "key-hint" : "key-problem"}
          />
          {problem === null ? (
            <span class="hint" id="key-hint">
              It stays in this browser as a cookie for twelve hours, and is in no address.
            </span>
          ) : (
            <span class="problem" id="key-problem" role="alert">
              {problem}
            </span>
          )}
        </div>
        <button type="submit" class="btn primary" disabled={isSending}>
          <Icon name="lock" isSmall />
          Sign in
        </button>
      </form>
    </main>
  );
}
