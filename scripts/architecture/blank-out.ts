/** A `/` after one of these begins a regular expression; after anything else it divides. */
const BEFORE_REGEX = /(?:^|[(,=:[!&|?{};+\-*%~^<>]|\b(?:return|typeof|case|in|of|do|else|void|delete|throw|await|yield))$/;

export interface BlankedSource {
  /** Comments replaced by spaces: for reading import paths. */
  readonly withoutComments: string;
  /** Comments, strings, templates' texts and regular expressions replaced by spaces: for looking at code alone. */
  readonly codeOnly: string;
}

/**
 * Blanks what is not code and keeps every line where it was. A scanner of a hundred lines instead of a parser: the architecture test
 * reads all sources in a few milliseconds and needs no compiler API.
 */
export function blankOut(source: string): BlankedSource {
  const withoutComments = source.split("");
  const codeOnly = source.split("");
  const wipe = (target: string[], from: number, to: number): void => {
    for (let index = from; index < to; index++) if (target[index] !== "\n") target[index] = " ";
  };

  /** Depth of braces inside each open `${`; empty outside templates. */
  const templateDepths: number[] = [];
  let position = 0;

  const comment = (end: number): void => {
    wipe(withoutComments, position, end);
    wipe(codeOnly, position, end);
    position = end;
  };
  const text = (end: number): void => {
    wipe(codeOnly, position, end);
    position = end;
  };
  /** From inside a template to its closing backtick, or to the `${` that opens code again. */
  const templateText = (): void => {
    const stop = endOfTemplateText(source, position);
    text(stop);
    if (source.startsWith("${", stop)) {
      templateDepths.push(0);
      position = stop + 2;
    } else {
      position = stop + 1;
    }
  };

  while (position < source.length) {
    const char = source.charAt(position);
    const depth = templateDepths.at(-1);
    if (source.startsWith("//", position)) comment(indexOrEnd(source, "\n", position));
    else if (source.startsWith("/*", position)) comment(Math.min(source.length, indexOrEnd(source, "*/", position + 2) + 2));
    else if (char === '"' || char === "'") text(endOfQuoted(source, position, char));
    else if (char === "`") {
      position++;
      templateText();
    } else if (char === "}" && depth === 0) {
      templateDepths.pop();
      position++;
      templateText();
    } else if (char === "/" && BEFORE_REGEX.test(lastCode(codeOnly, position))) {
      text(endOfRegex(source, position));
    } else {
      if (depth !== undefined && char === "{") templateDepths[templateDepths.length - 1] = depth + 1;
      if (depth !== undefined && char === "}") templateDepths[templateDepths.length - 1] = depth - 1;
      position++;
    }
  }
  return { withoutComments: withoutComments.join(""), codeOnly: codeOnly.join("") };
}

function indexOrEnd(source: string, wanted: string, from: number): number {
  const found = source.indexOf(wanted, from);
  return found === -1 ? source.length : found;
}

function endOfQuoted(source: string, start: number, quote: string): number {
  let position = start + 1;
  while (position < source.length && source[position] !== quote && source[position] !== "\n") position += source[position] === "\\" ? 2 : 1;
  return Math.min(position + 1, source.length);
}

function endOfTemplateText(source: string, start: number): number {
  let position = start;
  while (position < source.length && source[position] !== "`" && !source.startsWith("${", position)) {
    position += source[position] === "\\" ? 2 : 1;
  }
  return position;
}

function endOfRegex(source: string, start: number): number {
  let inClass = false;
  let position = start + 1;
  while (position < source.length && source[position] !== "\n") {
    const char = source[position];
    if (char === "\\") position++;
    else if (char === "[") inClass = true;
    else if (char === "]") inClass = false;
    else if (char === "/" && !inClass) break;
    position++;
  }
  return Math.min(position + 1, source.length);
}

/** The code just before a position, without the blanks that end it. Forty characters are more than any keyword needs. */
function lastCode(codeOnly: readonly string[], position: number): string {
  let end = position;
  while (end > 0 && /\s/.test(codeOnly[end - 1] ?? "")) end--;
  return codeOnly.slice(Math.max(0, end - 40), end).join("");
}
