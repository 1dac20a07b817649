import assert from "node:assert/strict";
import { dirname } from "node:path";
import { test } from "node:test";
import { runNode } from "../lib/run.ts";
import { blockProblems, readBlocks, readSetup } from "./code-blocks.ts";
import { DOCS_PROJECT, readPages, savedPath, writeProject } from "./docs-project.ts";
import { outputMismatch, PROGRAM_TIMEOUT_MS, README_PROGRAM, readmeProgram } from "./readme-program.ts";

const pages = readPages();

test("every TypeScript block of README.md and docs/ has a form that is checked", () => {
  const problems = pages.flatMap((page) => blockProblems(readBlocks(page)));
  assert.equal(problems.length, 0, problems.join("\n"));
});

/** Their types: `npm run types`. In all situations the packed package runs it, in pack.test.ts. */
test("the README's program prints what the README shows", async () => {
  writeProject(
    DOCS_PROJECT,
    pages.filter(({ path }) => path === "README.md"),
  );
  const program = readmeProgram(pages);
  assert.ok(program !== null, `README.md has no block "ts file=${README_PROGRAM}"`);
  const folder = dirname(savedPath(DOCS_PROJECT, program.block));
  const result = await runNode([README_PROGRAM], { cwd: folder, timeoutMs: PROGRAM_TIMEOUT_MS });
  assert.ok(result.ok, `the README's program failed:\n${result.output}`);
  assert.equal(outputMismatch(program, result.output), null);
});

test("blocks keep their line, file name and language", () => {
  const text = "# T\n\n```ts file=hello.ts\nconst a = 1;\n```\n\ntext\n\n```sh\nnpm start\n```\n\n```text output=hello.ts\nhi\n```\n";
  const blocks = readBlocks({ path: "README.md", text });
  assert.deepEqual(
    blocks.map(({ line, language, file, outputOf }) => ({ line, language, file, outputOf })),
    [
      { line: 4, language: "ts", file: "hello.ts", outputOf: null },
      { line: 10, language: "sh", file: null, outputOf: null },
      { line: 14, language: "text", file: null, outputOf: "hello.ts" },
    ],
  );
});

test("a block cannot opt out of the check", () => {
  const text = "```ts no-check\nconst a = 1;\n```\n\n```typescript\nconst b = 1;\n```\n";
  assert.equal(blockProblems(readBlocks({ path: "docs/a.md", text })).length, 2);
});

test("two blocks of a page cannot have the same file name", () => {
  const text = "```ts file=a.ts\n```\n```ts file=a.ts\n```\n";
  assert.match(blockProblems(readBlocks({ path: "docs/a.md", text })).join(), /file=a\.ts is used twice/);
});

test("a page's hidden setup is found with its line", () => {
  const setup = readSetup({ path: "docs/a.md", text: "# T\n\n<!-- docs:setup\nconst a = 1;\n-->\n" });
  assert.deepEqual(setup, { line: 4, code: "const a = 1;\n" });
});

test("the README's program prints what is shown, and no other line", () => {
  const program = { block: readBlocks({ path: "README.md", text: "```ts\n```" })[0]!, shownOutput: "a\nb" };
  assert.equal(outputMismatch(program, "a\nb\n"), null);
  assert.match(outputMismatch(program, "a\n(node:1) ExperimentalWarning\nb\n") ?? "", /README.md shows\na\nb/);
  assert.match(outputMismatch(program, "b\na\n") ?? "", /README.md shows/);
});
