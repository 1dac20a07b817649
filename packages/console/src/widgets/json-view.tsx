import { useMemo, useState } from "preact/hooks";
import type { JsonLine } from "../model/json-lines.ts";
import { foldedAtFirst, jsonLines, visibleLines } from "../model/json-lines.ts";
import type { JsonToken, JsonTokenKind } from "../model/json-tokens.ts";
import { Icon } from "./icon.tsx";
import { ScrollArea } from "./scroll-area.tsx";

/** Lines of a document that are open at first, and that are drawn at a time. */
const OPEN_LINES = 60;
const DRAWN_LINES = 500;

const CLASSES: Partial<Record<JsonTokenKind, string>> = { key: "k", string: "s", number: "n", word: "n" };

/** JSON as it was recorded, with all its digits, over lines; objects and lists can be closed. */
export function JsonView({ text, label }: { readonly text: string; readonly label: string }) {
  const lines = useMemo(() => jsonLines(text), [text]);
  const first = useMemo(() => foldedAtFirst(lines, OPEN_LINES), [lines]);
  const [folded, setFolded] = useState<ReadonlySet<number>>(first);
  const [shownFor, setShownFor] = useState(first);
  const [drawn, setDrawn] = useState(DRAWN_LINES);
  // Another text has other lines.
  if (shownFor !== first) {
    setShownFor(first);
    setFolded(first);
  }
  const visible = visibleLines(lines, folded);
  const toggle = (index: number): void => {
    const next = new Set(folded);
    if (!next.delete(index)) next.add(index);
    setFolded(next);
  };
  return (
    <ScrollArea look="code json" label={`${label}: JSON`}>
      {visible.slice(0, drawn).map((index) => {
        const line = lines[index];
        return line === undefined ? null : <Line key={index} line={line} isFolded={folded.has(index)} onToggle={() => toggle(index)} />;
      })}
      {visible.length > drawn && (
        <button type="button" class="btn s" onClick={() => setDrawn(drawn * 4)}>
          {visible.length - drawn} more lines
        </button>
      )}
    </ScrollArea>
  );
}

function Line({ line, isFolded, onToggle }: { readonly line: JsonLine; readonly isFolded: boolean; readonly onToggle: () => void }) {
  const { depth, tokens, opens } = line;
  return (
    <div class="line">
      {"  ".repeat(depth)}
      {opens !== null && (
        <button type="button" class="fold" aria-expanded={!isFolded} aria-label={isFolded ? "Open" : "Close"} onClick={onToggle}>
          <Icon name={isFolded ? "right" : "down"} isSmall />
        </button>
      )}
      <Tokens tokens={tokens} />
      {opens !== null && isFolded && (
        <>
          <span class="c">{` ${opens.count} ${opens.count === 1 ? SINGULAR[opens.what] : opens.what} `}</span>
          {opens.what === "fields" ? "}" : "]"}
        </>
      )}
    </div>
  );
}

const SINGULAR = { fields: "field", entries: "entry" } as const;

export function Tokens({ tokens }: { readonly tokens: readonly JsonToken[] }) {
  return (
    <>
      {tokens.map(({ kind, text }, index) => {
        const name = CLASSES[kind];
        return name === undefined ? (
          text
        ) : (
          <span class={name} key={index}>
            {text}
          </span>
        );
      })}
    </>
  );
}
