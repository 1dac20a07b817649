import { codeTokens } from "../model/code-tokens.ts";
import { ScrollArea } from "./scroll-area.tsx";

export interface CodeLine {
  readonly number: number | null;
  readonly text: string;
  /** `hit`: it failed here · `del`: it was here · `add`: it is here now · `faint`: it does not matter. */
  readonly mark: "" | "hit" | "del" | "add" | "faint";
}

const CLASSES = { word: "k", string: "s", comment: "c", number: "n" } as const;
const SAID: Readonly<Partial<Record<CodeLine["mark"], string>>> = { hit: "Here: ", del: "Recorded: ", add: "Asked for: " };

/** Some lines of code, of which one or the other is marked. `isPlain`: they are no code. */
export function CodeFrame({
  lines,
  label,
  isPlain = false,
}: {
  readonly lines: readonly CodeLine[];
  readonly label: string;
  readonly isPlain?: boolean;
}) {
  const hasNumbers = lines.some(({ number }) => number !== null);
  return (
    <ScrollArea look="code" label={label}>
      {lines.map(({ number, text, mark }, index) => (
        <div class={`line ${mark}`} key={index}>
          {hasNumbers && <span class="ln">{number ?? ""}</span>}
          {SAID[mark] !== undefined && <span class="visually-hidden">{SAID[mark]}</span>}
          {isPlain ? text : <Code text={text} />}
        </div>
      ))}
    </ScrollArea>
  );
}

function Code({ text }: { readonly text: string }) {
  return (
    <>
      {codeTokens(text).map((token, index) =>
        token.kind === "plain" ? (
          token.text
        ) : (
          <span class={CLASSES[token.kind]} key={index}>
            {token.text}
          </span>
        ),
      )}
    </>
  );
}
