import { useEffect, useState } from "preact/hooks";
import type { Preview } from "../../api/wire.ts";
import { bytesText } from "../../model/durations.ts";
import { readPayload } from "../../state/instance.ts";
import { messageOf } from "../../state/problems.ts";
import { CopyButton } from "../../widgets/copy-button.tsx";
import { JsonView } from "../../widgets/json-view.tsx";
import { saveFile } from "../../widgets/save-file.ts";

export function PayloadCard({
  id,
  title,
  preview,
  none,
}: {
  readonly id: string;
  readonly title: string;
  readonly preview: Preview | null;
  readonly none: string;
}) {
  return (
    <section class="card" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {preview !== null && <span class="dim">{bytesText(preview.bytes)}</span>}
        {preview?.text != null && !preview.isCut && (
          <span class="spread">
            <CopyButton text={preview.text} label={`Copy: ${title}`} />
          </span>
        )}
      </header>
      <div class="body">{preview === null ? <p class="dim">{none}</p> : <PayloadText id={id} title={title} preview={preview} />}</div>
    </section>
  );
}

/** What is longer goes into a file: over lines it would hold the page for seconds. */
const LONGEST_SHOWN = 2 * 1_024 * 1_024;

/** Its beginning, and the whole on demand. A new payload begins as its beginning again. */
export function PayloadText({ id, title, preview }: { readonly id: string; readonly title: string; readonly preview: Preview }) {
  const [whole, setWhole] = useState<{ readonly of: string; readonly text: string } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const of = `${id} ${preview.at} ${preview.bytes} ${preview.text}`;
  useEffect(() => setProblem(null), [of]);
  if (preview.text === null) return <p class="dim">This host shows no payloads: {bytesText(preview.bytes)}.</p>;
  const isWhole = whole?.of === of;
  const isLong = preview.bytes > LONGEST_SHOWN;
  const load = (): void => {
    readPayload(id, preview).then(
      (text) => (isLong ? saveFile(`${id}-${title}`, text) : setWhole({ of, text })),
      (error: unknown) => setProblem(messageOf(error)),
    );
  };
  return (
    <>
      <JsonView text={isWhole ? whole.text : preview.text} label={title} />
      {preview.isCut && !isWhole && (
        <p class="row small cut">
          <span class="dim">This is its beginning.</span>
          <button type="button" class="btn s" onClick={load}>
            {isLong ? "Download" : "Show"} all {bytesText(preview.bytes)}
          </button>
        </p>
      )}
      {problem !== null && <p class="bad small">{problem}</p>}
    </>
  );
}

export function PayloadPanel({ id, title, preview }: { readonly id: string; readonly title: string; readonly preview: Preview }) {
  return (
    <div class="panel">
      <h3>
        {title} <span class="dim light">{bytesText(preview.bytes)}</span>
        {preview.text !== null && !preview.isCut && (
          <span class="spread">
            <CopyButton text={preview.text} label={`Copy: ${title}`} />
          </span>
        )}
      </h3>
      <PayloadText id={id} title={title} preview={preview} />
    </div>
  );
}
