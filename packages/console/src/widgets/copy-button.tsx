import { useEffect, useState } from "preact/hooks";
import { CANNOT_COPY, copyText } from "./copy-text.ts";
import { Icon } from "./icon.tsx";

const SHOWN_MS = 1_600;

export interface CopyButtonProps {
  /** What is long to make is made when it is asked for. */
  readonly text: string | (() => string);
  readonly label: string;
  readonly shownLabel?: string;
}

/** Copies a text. `label`: what it copies, for who does not see the icon. */
export function CopyButton({ text, label, shownLabel }: CopyButtonProps) {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  useEffect(() => {
    if (state === "idle") return;
    const timer = setTimeout(() => setState("idle"), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const said = state === "copied" ? "Copied" : state === "refused" ? CANNOT_COPY : label;
  return (
    <button
      type="button"
      class={`btn ghost s ${shownLabel === undefined ? "icon-only" : ""}`}
      aria-label={said}
      title={said}
      onClick={() => void copyText(typeof text === "string" ? text : text()).then((isCopied) => setState(isCopied ? "copied" : "refused"))}
    >
      <Icon name={state === "copied" ? "check" : "copy"} isSmall />
      {shownLabel}
    </button>
  );
}
