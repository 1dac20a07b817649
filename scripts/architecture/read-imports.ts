export interface Import {
  readonly specifier: string;
  readonly typesOnly: boolean;
  /** The names taken; null for all of them (`import * as`, `import()`). */
  readonly names: readonly string[] | null;
  /** Where in the text it begins. */
  readonly index: number;
}

const FROM = /(?:^|[;}\n])[ \t]*(?:import|export)\b([^"'`;()=]*?)\bfrom\s*["']([^"'\n]+)["']/g;
const BARE_OR_DYNAMIC = /\bimport\s*\(?\s*["']([^"'\n]+)["']/g;

/** The static, bare and dynamic imports and the re-exports of a source without comments. */
export function readImports(text: string): Import[] {
  const from = Array.from(text.matchAll(FROM), (match): Import => {
    const clause = match[1] ?? "";
    const index = match.index + match[0].search(/import|export/);
    return { specifier: match[2] ?? "", typesOnly: /^\s*type\b/.test(clause), names: namesIn(clause), index };
  });
  const others = Array.from(
    text.matchAll(BARE_OR_DYNAMIC),
    (match): Import => ({ specifier: match[1] ?? "", typesOnly: false, names: null, index: match.index }),
  );
  return [...from, ...others];
}

/** `{ a, type b, c as d }` → a, b, c: the names as the other file knows them. */
function namesIn(clause: string): string[] | null {
  if (clause.includes("*")) return null;
  const braces = /\{([\s\S]*)\}/.exec(clause)?.[1] ?? "";
  const names = braces.split(",").map(
    (part) =>
      part
        .trim()
        .replace(/^type\s+/, "")
        .split(/\s+as\s+/)[0] ?? "",
  );
  return names.filter((name) => name !== "");
}
