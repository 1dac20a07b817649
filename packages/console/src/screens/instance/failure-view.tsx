import { useEffect, useState } from "preact/hooks";
import type { CodeSite, CodeFrame as Frame, WireFailure } from "../../api/wire.ts";
import { siteOf, siteText } from "../../model/places.ts";
import { can } from "../../state/hub.ts";
import { readSource } from "../../state/instance.ts";
import type { CodeLine } from "../../widgets/code-frame.tsx";
import { CodeFrame } from "../../widgets/code-frame.tsx";
import { CopyButton } from "../../widgets/copy-button.tsx";
import { ScrollArea } from "../../widgets/scroll-area.tsx";

/** What was thrown, where, the lines there where the host has them, and the whole stack. */
export function FailureView({ failure, title = "Error" }: { readonly failure: WireFailure; readonly title?: string }) {
  const site = siteOf(failure);
  return (
    <div class="panel">
      {title !== "" && (
        <h3>
          {title}
          <span class="spread">
            <CopyButton text={textOf(failure)} label="Copy the error" />
          </span>
        </h3>
      )}
      <FailureText failure={failure} />
      {site !== null && <SourceFrame site={site} />}
      {failure.stack !== undefined && (
        <details class="stack-text">
          <summary>Stack</summary>
          <ScrollArea look="code" label="Stack">
            {failure.stack}
          </ScrollArea>
          <CopyButton text={textOf(failure)} label="Copy the stack" shownLabel="Copy" />
        </details>
      )}
      {causesOf(failure).map((cause, index) => (
        <div class="cause" key={index}>
          <span class="dim small">caused by</span>
          <FailureText failure={cause} />
        </div>
      ))}
    </div>
  );
}

const textOf = ({ stack, errorType, message }: WireFailure): string => stack ?? `${errorType}: ${message}`;

export const FailureText = ({ failure }: { readonly failure: WireFailure }) => (
  <p class="bad strong wrap-anywhere">
    {failure.errorType}: {failure.message}
    {failure.isNonRetriable === true && <span class="chip">not to be retried</span>}
  </p>
);

const MOST_CAUSES = 5;

function causesOf(failure: WireFailure): readonly WireFailure[] {
  const causes: WireFailure[] = [];
  for (let next = failure.cause; next !== undefined && causes.length < MOST_CAUSES; next = next.cause) causes.push(next);
  return [...causes, ...(failure.errors ?? []).slice(0, MOST_CAUSES)];
}

/** The place, and in development the lines around it. `mark`: what the line is. */
export function SourceFrame({ site, mark = "hit" }: { readonly site: CodeSite; readonly mark?: CodeLine["mark"] }) {
  const frame = useSource(site);
  const line = frame === null ? -1 : site.line - frame.firstLine;
  return (
    <>
      <p class="place dim mono">{siteText(site)}</p>
      {frame !== null && (
        <CodeFrame
          label={`Source of ${siteText(site)}`}
          lines={frame.lines.map((text, index) => ({ number: frame.firstLine + index, text, mark: index === line ? mark : "" }))}
        />
      )}
    </>
  );
}

function useSource({ file, line, column }: CodeSite): Frame | null {
  const [frame, setFrame] = useState<Frame | null>(null);
  const isThere = can("source");
  useEffect(() => {
    setFrame(null);
    if (!isThere) return;
    const ended = new AbortController();
    // Without the lines the place stands alone: the file may be gone, or outside of the app.
    readSource({ file, line, column }, ended.signal).then(setFrame, () => {});
    return () => ended.abort();
  }, [file, line, column, isThere]);
  return frame;
}
