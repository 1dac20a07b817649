import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ROOT } from "../lib/paths.ts";
import type { RunResult } from "../lib/run.ts";
import { run } from "../lib/run.ts";
import type { CodeBlock, Page } from "./code-blocks.ts";
import { readBlocks, readSetup } from "./code-blocks.ts";

/** Inside the repository, so that `perdure` and Node's types resolve as they do for a user; git-ignored. */
export const DOCS_PROJECT = `${ROOT}/.docs-check`;

export function readPages(): Page[] {
  const paths = existsSync(`${ROOT}/README.md`) ? ["README.md"] : [];
  paths.push(...globSync("docs/**/*.md", { cwd: ROOT }).sort());
  return paths.map((path) => ({ path, text: readFileSync(`${ROOT}/${path}`, "utf8") }));
}

/** Their programs are run, by guides.test.ts. */
export const isGuide = ({ path }: Page): boolean => path.startsWith("docs/guides/");

/** What the compiler says about a project that {@link writeProject} has written. */
export function checkTypes(folder: string): Promise<RunResult> {
  return run(process.execPath, [`${ROOT}/node_modules/typescript/bin/tsc`, "-p", folder, "--pretty", "false", "--singleThreaded"]);
}

export function isTypeScript(block: CodeBlock): boolean {
  return block.language === "ts";
}

/** Where a block is saved: a folder per page, so that the blocks of one page can import each other by their `file=` names. */
export function savedPath(folder: string, block: CodeBlock): string {
  return `${folder}/${block.page}/${block.file ?? `line-${block.line}.ts`}`;
}

/** Writes the TypeScript blocks of all pages as one project, and gives their paths. */
export function writeProject(folder: string, pages: readonly Page[]): readonly string[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const files: string[] = [];
  for (const page of pages) {
    for (const block of readBlocks(page).filter(isTypeScript)) {
      const path = savedPath(folder, block);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, atItsLine(page, block));
      files.push(path);
    }
  }
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ ...PROJECT, files }, null, 2));
  return files;
}

/** The block on the lines it has on its page, so that the compiler's messages point into the page. The page's setup stands before it. */
function atItsLine(page: Page, block: CodeBlock): string {
  const setup = block.file === null ? readSetup(page) : null;
  const before = setup !== null && setup.line < block.line ? `${"\n".repeat(setup.line - 1)}${setup.code}` : "";
  const gap = block.line - before.split("\n").length;
  return `${before}${"\n".repeat(gap)}${block.code}\n`;
}

/**
 * As strict as the product's own settings, but a page may show a name that it does not use. Files are listed by name, because the
 * compiler's patterns pass over folders that begin with a dot.
 */
const PROJECT = {
  extends: "../tsconfig.base.json",
  compilerOptions: { noEmit: true, moduleDetection: "force", noUnusedLocals: false, noUnusedParameters: false },
};
