import { blankOut } from "../architecture/blank-out.ts";

/** Comments and strings of a source, each on its line and without names of code in backticks; code becomes spaces. */
export function proseOfSource(source: string): string {
  const { codeOnly } = blankOut(source);
  let prose = "";
  for (let at = 0; at < source.length; at += 1) {
    const char = source.charAt(at);
    prose += char === "\n" || codeOnly.charAt(at) !== char ? char : " ";
  }
  return withoutNames(prose.replace(/"\.{1,2}\/[^"\n]*"/g, (path) => " ".repeat(path.length)));
}

/** A page without its blocks of code. */
export function proseOfPage(page: string): string {
  const text = page.replace(/^```.*?^```/gms, (block) => block.replace(/[^\n]/g, " "));
  return withoutNames(text.replace(/\]\([^)\n]*\)/g, (target) => " ".repeat(target.length)));
}

const withoutNames = (prose: string): string => prose.replace(/`[^`\n]*`/g, (name) => " ".repeat(name.length));
