import type { WireFailure } from "../../api/wire.ts";
import { siteOf } from "../../model/places.ts";
import { CopyButton } from "../../widgets/copy-button.tsx";
import { ScrollArea } from "../../widgets/scroll-area.tsx";
import { SourceFrame } from "../common/source-frame.tsx";

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
