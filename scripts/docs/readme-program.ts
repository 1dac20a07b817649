import type { CodeBlock, Page } from "./code-blocks.ts";
import { readBlocks } from "./code-blocks.ts";

/** The program must end by itself; one that does not is a failed one. */
export const PROGRAM_TIMEOUT_MS = 20_000;

export const README_PROGRAM = "hello.mts";

/** The `package.json` that a new user may have: as `npm install` makes it in an empty folder, as `npm init -y` does, that of a module, and none. */
export const MANIFESTS: { readonly [situation: string]: string | null } = {
  "an empty folder": JSON.stringify({ dependencies: {} }),
  "npm init -y": JSON.stringify({ name: "app", version: "1.0.0", main: "index.js", type: "commonjs" }),
  "a module": JSON.stringify({ name: "app", type: "module" }),
  "no package.json": null,
};

/** The program that README.md shows first: what a new user types to see Perdure work. */
export interface ReadmeProgram {
  readonly block: CodeBlock;
  /** The block marked `output=` with the program's file name, if README.md shows what it prints. */
  readonly shownOutput: string | null;
}

/** The block `ts file=hello.mts` of README.md, or its first TypeScript block; null when there is none. */
export function readmeProgram(pages: readonly Page[]): ReadmeProgram | null {
  const readme = pages.find((page) => page.path === "README.md");
  if (readme === undefined) return null;
  const blocks = readBlocks(readme);
  const programs = blocks.filter((candidate) => candidate.language === "ts");
  const block = programs.find((candidate) => candidate.file === README_PROGRAM) ?? programs[0];
  if (block === undefined) return null;
  const shown = blocks.find((candidate) => candidate.outputOf !== null && candidate.outputOf === block.file);
  return { block, shownOutput: shown?.code ?? null };
}

/** Null when it printed what README.md shows, and nothing else: no warning of Node's, no line of a log. */
export function outputMismatch(program: ReadmeProgram, printed: string): string | null {
  const lines = (text: string) =>
    text
      .trim()
      .split("\n")
      .map((line) => line.trimEnd());
  if (lines(printed).join("\n") === lines(program.shownOutput ?? "").join("\n")) return null;
  return `README.md shows\n${program.shownOutput ?? "nothing"}\nand the program printed\n${printed}`;
}
