import { useId, useMemo, useRef } from "preact/hooks";
import { bytesText } from "../model/durations.ts";
import type { JsonFault } from "../model/json-fault.ts";
import { faultText, payloadFault } from "../model/json-fault.ts";
import { jsonTokens } from "../model/json-tokens.ts";
import { utf8Length } from "../model/utf8.ts";
import { Icon } from "./icon.tsx";
import { Tokens } from "./json-view.tsx";

/** Longer texts are not coloured: each key would colour them again. */
const COLOURED_CHARS = 50_000;

export interface JsonEditorProps {
  readonly value: string;
  readonly label: string;
  /** Said when there is no text. */
  readonly empty: string;
  /** Null: not known. */
  readonly maxBytes: number | null;
  readonly isFirst?: boolean;
  readonly onChange: (value: string) => void;
}

/** A text area whose text is drawn in colours below it. Tab leaves it: who uses the keyboard is not caught in it. */
export function JsonEditor({ value, label, empty, maxBytes, isFirst = false, onChange }: JsonEditorProps) {
  const id = useId();
  const drawn = useRef<HTMLPreElement>(null);
  const fault = useMemo(() => payloadFault(value), [value]);
  const bytes = utf8Length(value);
  const lines = value.split("\n").length;
  return (
    <div class="field">
      <span class="row">
        <label for={id}>{label}</label>
        <span class="spread dim small">JSON</span>
      </span>
      <div class={`editor ${fault === null ? "" : "wrong"}`}>
        <pre class="numbers" aria-hidden="true">
          {Array.from({ length: lines }, (_, index) => `${index + 1}\n`).join("")}
        </pre>
        <div class="area">
          <pre class="colours" aria-hidden="true" ref={drawn}>
            {value.length > COLOURED_CHARS ? value : <Tokens tokens={jsonTokens(value)} />}
            {"\n"}
          </pre>
          <textarea
            id={id}
            value={value}
            autofocus={isFirst}
            spellcheck={false}
            autocomplete="off"
            rows={Math.min(20, Math.max(8, lines + 1))}
            aria-invalid={fault !== null}
            aria-describedby={`${id}-said`}
            onInput={({ currentTarget }) => onChange(currentTarget.value)}
            onScroll={({ currentTarget }) => {
              if (drawn.current !== null) drawn.current.scrollLeft = currentTarget.scrollLeft;
            }}
          />
        </div>
      </div>
      <span class="hint row" id={`${id}-said`} aria-live="polite">
        <Verdict value={value} fault={fault} empty={empty} bytes={bytes} maxBytes={maxBytes} />
        <span class="spread">Tab leaves the editor</span>
      </span>
    </div>
  );
}

function Verdict(props: {
  readonly value: string;
  readonly fault: JsonFault | null;
  readonly empty: string;
  readonly bytes: number;
  readonly maxBytes: number | null;
}) {
  const { value, fault, empty, bytes, maxBytes } = props;
  if (value.trim() === "") return <span>{empty}</span>;
  if (fault !== null) return <span class="problem">{faultText(fault)}.</span>;
  const size = maxBytes === null ? bytesText(bytes) : `${bytesText(bytes)} of ${bytesText(maxBytes)}`;
  return maxBytes !== null && bytes > maxBytes ? (
    <span class="problem">Too long: {size}.</span>
  ) : (
    <>
      <span class="ok row tight">
        <Icon name="check" isSmall />
        valid
      </span>
      · {size}
    </>
  );
}
