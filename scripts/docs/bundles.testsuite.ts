import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { PROGRAM_OPTIONS } from "../../packages/perdure/src/process/testing/programs.ts";
import type { RunOptions } from "../lib/run.ts";
import { run } from "../lib/run.ts";

/** With which a bundler finds what {@link runProgram} runs. */
export const [, ...CONDITIONS] = PROGRAM_OPTIONS;
export const runProgram = (args: readonly string[], options: RunOptions) => run(process.execPath, [...PROGRAM_OPTIONS, ...args], options);

const THREADS = { "writer-thread": "perdure/threads/writer-thread", "checkpoint-thread": "perdure/threads/checkpoint-thread" };

/** `page`: the folder with the programs of bundlers.md. */
export function bundleCase(page: string, format: "esm" | "cjs", withThreads: boolean): void {
  test(`a bundle of one file ${withThreads ? "works with its threads" : "says what to do without its threads"} (${format})`, async (t) => {
    const outdir = mkdtempSync(join(tmpdir(), "perdure-bundle-"));
    t.after(() => rmSync(outdir, { recursive: true, force: true }));
    const bundler: string = "esbuild"; // an older install of this repository lacks it, which does not concern its types
    const { build } = (await import(bundler)) as { build(options: object): Promise<unknown> };
    const extension = format === "esm" ? ".mjs" : ".cjs";
    await build({
      absWorkingDir: page,
      entryPoints: { app: "app.ts", ...(withThreads ? THREADS : {}) },
      outdir,
      outExtension: { ".js": extension },
      bundle: true,
      platform: "node",
      format,
      external: ["pg"],
      conditions: [...CONDITIONS],
      logLevel: "error",
    });
    const { ok, output } = await runProgram([`app${extension}`], { cwd: outdir, timeoutMs: 60_000 });
    if (withThreads) assert.equal(output, "Hello Ada!\n");
    else {
      assert.equal(ok, false);
      assert.match(output, /thread\.[mc]js\. Perdure seems to be bundled .*--external:perdure/);
    }
  });
}
