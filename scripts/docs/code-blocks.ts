/** One fenced block of a Markdown page. */
export interface CodeBlock {
  readonly page: string;
  /** Line of the first line of code, counted from 1. */
  readonly line: number;
  readonly language: string;
  /** `file=hello.ts` → the name the block is saved under, so that other blocks and tests can refer to it. */
  readonly file: string | null;
  /** `output=hello.ts` → the program whose output this block shows. */
  readonly outputOf: string | null;
  readonly code: string;
}

export interface Page {
  /** Path from the repository root. */
  readonly path: string;
  readonly text: string;
}

/** Code that a page's blocks build on without showing it: an HTML comment that begins with `docs:setup`. */
export interface Setup {
  readonly line: number;
  readonly code: string;
}

const FENCE = /^( {0,3})(`{3,})([^`]*)$/;
const SETUP = /<!--[ \t]*docs:setup[ \t]*\n([\s\S]*?)-->/;

export function readBlocks(page: Page): CodeBlock[] {
  const lines = page.text.split("\n");
  const blocks: CodeBlock[] = [];
  for (let index = 0; index < lines.length; index++) {
    const opening = FENCE.exec(lines[index] ?? "");
    if (opening === null) continue;
    const [, indent = "", fence = "", info = ""] = opening;
    const first = index + 1;
    index = closingLine(lines, first, fence);
    const code = lines.slice(first, index).map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    blocks.push(toBlock(page.path, first + 1, info.trim(), code.join("\n")));
  }
  return blocks;
}

export function readSetup(page: Page): Setup | null {
  const match = SETUP.exec(page.text);
  if (match === null) return null;
  return { line: page.text.slice(0, match.index).split("\n").length + 1, code: match[1] ?? "" };
}

/** Why a page's blocks cannot be checked, in words for the one who writes the page; empty when they can. */
export function blockProblems(blocks: readonly CodeBlock[]): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const block of blocks) {
    const place = `${block.page}:${block.line - 1}`;
    if (block.language === "typescript") problems.push(`${place}  write \`\`\`ts, not \`\`\`typescript`);
    if (block.language.startsWith("ts ")) {
      problems.push(`${place}  "${block.language}": only \`file=NAME.ts\` may follow \`\`\`ts; every block is type-checked`);
    }
    if (block.file === null) continue;
    if (!/^[\w./-]+\.m?ts$/.test(block.file)) problems.push(`${place}  file=${block.file}: the name must end in .ts or .mts`);
    const key = `${block.page} ${block.file}`;
    if (seen.has(key)) problems.push(`${place}  file=${block.file} is used twice on this page`);
    seen.add(key);
  }
  return problems;
}

function closingLine(lines: readonly string[], from: number, fence: string): number {
  let index = from;
  while (index < lines.length && !(lines[index] ?? "").trim().startsWith(fence)) index++;
  return index;
}

function toBlock(page: string, line: number, info: string, code: string): CodeBlock {
  const words = info.split(/\s+/).filter((word) => word !== "");
  const option = (name: string): string | null => words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
  const language = words.filter((word) => !/^(?:file|output)=/.test(word)).join(" ");
  return { page, line, language, file: option("file"), outputOf: option("output"), code };
}
