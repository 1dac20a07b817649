import type { InspectedDivergence, InspectedStop } from "./types.ts";

/** As `divergenceText` of the room `replay` writes it; what is between is of names and ids, which may contain anything. */
const TEXT =
  /^"[\s\S]*?" \([\s\S]*?\) asked for ([\s\S]*?)(?: (?:at|after) (\S.*?):(\d+)(?::(\d+))?)?, where its history has ([\s\S]*) \(event (\d+)\)\. Recorded at \d{4}-/;

/** What the code asked for and what its history has, of an instance that was stopped because they differ. */
export function divergenceOf(stopped: InspectedStop | null): InspectedDivergence | null {
  if (stopped?.code !== "NON_DETERMINISM") return null;
  const found = TEXT.exec(stopped.message);
  if (found === null) return { recorded: null, asked: null, seq: null, site: null };
  const [, asked = null, file, line, column, recorded = null, position] = found;
  const site = file === undefined ? null : { file, line: Number(line), column: column === undefined ? null : Number(column) };
  return { recorded, asked, seq: Number(position) - 1, site };
}
