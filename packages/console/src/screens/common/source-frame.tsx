import { useEffect, useState } from "preact/hooks";
import type { CodeSite, CodeFrame as Frame } from "../../api/wire.ts";
import { siteText } from "../../model/places.ts";
import { can } from "../../state/hub.ts";
import { readSource } from "../../state/instance.ts";
import type { CodeLine } from "../../widgets/code-frame.tsx";
import { CodeFrame } from "../../widgets/code-frame.tsx";

interface SourceProps {
  readonly site: CodeSite;
  /** What the line is. */
  readonly mark?: CodeLine["mark"];
}

/** The place, and in development the lines around it. */
export function SourceFrame(props: SourceProps) {
  return (
    <>
      <p class="place dim mono">{siteText(props.site)}</p>
      <SourceLines {...props} />
    </>
  );
}

/** Nothing where the host has none. */
export function SourceLines({ site, mark = "hit" }: SourceProps) {
  const frame = useSource(site);
  if (frame === null) return null;
  const { firstLine, lines } = frame;
  return (
    <CodeFrame
      label={`Source of ${siteText(site)}`}
      lines={lines.map((text, index) => ({ number: firstLine + index, text, mark: firstLine + index === site.line ? mark : "" }))}
    />
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
