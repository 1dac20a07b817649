import { dismiss, toasts } from "../state/toasts.ts";
import { Icon } from "../widgets/icon.tsx";

/** What was done, or was not, for a screen reader as well. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ no, text, isProblem, link }) => (
        <div class="toast" key={no}>
          <span class={isProblem ? "bad" : "ok"}>
            <Icon name={isProblem ? "warning" : "check"} />
          </span>
          <span class="wrap-anywhere">{text}</span>
          {link !== null && (
            <a class="link" href={link.href}>
              {link.text}
            </a>
          )}
          <button type="button" class="btn ghost s icon-only spread" aria-label="Dismiss" onClick={() => dismiss(no)}>
            <Icon name="cross" isSmall />
          </button>
        </div>
      ))}
    </div>
  );
}
