import type { CodeBlock, Page } from "./code-blocks.ts";
import { readBlocks } from "./code-blocks.ts";

/** The program must end by itself; one that does not is a failed one. */
export const PROGRAM_TIMEOUT_MS = 20_000;

/** The program that README.md shows first: what a new user types to see Perdure work. */
export interface ReadmeProgram {
  readonly block: CodeBlock;
  /** The block marked `output=` with the program's file name, if README.md shows what it prints. */
  readonly shownOutput: string | null;
}

/** The block `ts file=hello.ts` of README.md, or its first TypeScript block; null when there is none. */
export function readmeProgram(pages: readonly Page[]): ReadmeProgram | null {
  const readme = pages.find((page) => page.path === "README.md");
  if (readme === undefined) return null;
  const blocks = readBlocks(readme);
  const programs = blocks.filter((candidate) => candidate.language === "ts");
  const block = programs.find((candidate) => candidate.file === "hello.ts") ?? programs[0];
  if (block === undefined) return null;
  const shown = blocks.find((candidate) => candidate.outputOf !== null && candidate.outputOf === block.file);
  return { block, shownOutput: shown?.code ?? null };
}

/** Null when each line that README.md shows was printed, in that order; other lines (logs) may stand between. */
export function outputMismatch(program: ReadmeProgram, printed: string): string | null {
  const lines = printed.split("\n").map((line) => line.trimEnd());
  let next = 0;
  for (const shown of (program.shownOutput ?? "").split("\n").map((line) => line.trimEnd())) {
    if (shown === "") continue;
    const found = lines.indexOf(shown, next);
    if (found === -1) return `README.md shows output that the program does not print: line "${shown}" is missing in:\n${printed}`;
    next = found + 1;
  }
  return null;
}
