import { useEffect, useState } from "preact/hooks";
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
  const said = state === "copied" ? "Copied" : state === "refused" ? "The browser does not let the page copy" : label;
  return (
    <button
      type="button"
      class={`btn ghost s ${shownLabel === undefined ? "icon-only" : ""}`}
      aria-label={said}
      title={said}
      onClick={() => void copy(typeof text === "string" ? text : text()).then((isCopied) => setState(isCopied ? "copied" : "refused"))}
    >
      <Icon name={state === "copied" ? "check" : "copy"} isSmall />
      {shownLabel}
    </button>
  );
}

/** Over http, and not from this machine, browsers have no clipboard for pages but the old one. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  try {
    return document.execCommand("copy");
  } finally {
    area.remove();
  }
}
