/** A line about what an instance does, in the parts that the eye looks for. */
export interface DoingParts {
  readonly before: string;
  /** The function, the event, or how many of how many. */
  readonly strong: string;
  readonly after: string;
  /** Behind the dot: the last error. */
  readonly rest: string;
}

const LEAD = /^(?:waits for event|waits for the locks? of|waits for(?! (?:a|an|its|messages|external)\b)|runs|is to run) /;
/** Said of many, and what differs stands behind it. */
const MISFIT = /^the code does not fit the history/;
const NAME = /^(?:\d+ of \d+|[^\s:,]+)/;

export function doingParts(text: string): DoingParts {
  const [head = "", ...tail] = text.split(" · ");
  const rest = tail.join(" · ");
  const lead = LEAD.exec(head)?.[0] ?? "";
  const begins = head.slice(lead.length);
  const name = lead !== "" || /^[@\p{Lu}]/u.test(begins) ? (NAME.exec(begins)?.[0] ?? "") : (MISFIT.exec(begins)?.[0] ?? "");
  return { before: lead, strong: name, after: begins.slice(name.length), rest };
}
