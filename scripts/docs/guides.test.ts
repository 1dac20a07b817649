import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inTurn } from "../../packages/perdure/src/process/testing/in-turn.ts";
import { PROGRAM_OPTIONS } from "../../packages/perdure/src/process/testing/programs.ts";
import { ROOT } from "../lib/paths.ts";
import { publishedTypes } from "../lib/published-types.ts";
import type { RunResult } from "../lib/run.ts";
import { bundleCase, CONDITIONS, runProgram } from "./bundles.testsuite.ts";
import { readBlocks } from "./code-blocks.ts";
import { checkTypes, isGuide, readPages, writeProject } from "./docs-project.ts";

/** Inside the repository, so that packages resolve, and not where docs.test.ts writes; git-ignored. */
const PROJECT = `${ROOT}/.docs-run`;
const scratch = mkdtempSync(join(tmpdir(), "perdure-guides-"));
writeProject(PROJECT, readPages().filter(isGuide));
after(() => {
  rmSync(PROJECT, { recursive: true, force: true });
  rmSync(scratch, { recursive: true, force: true });
});
const folderOf = (page: string) => `${PROJECT}/docs/guides/${page}`;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  assert.ok(typeof address === "object" && address !== null);
  return address.port;
}

async function answered(url: string, program: ChildProcess): Promise<void> {
  while (program.exitCode === null) {
    const isThere = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return;
    await sleep(50);
  }
  assert.fail("the program has ended");
}

interface Payload {
  readonly statusQueryGetUri: string;
  readonly sendEventPostUri: string;
}
type Send = (url: string, init?: RequestInit) => Promise<Response>;

/** What the page promises: an own route starts, the management API under the mount shows it, takes an event (with a body) and gives the result. */
async function speakTo(origin: string, send: Send): Promise<void> {
  assert.equal((await send(`${origin}/durable/readyz`)).status, 200);
  const started = await send(`${origin}/welcome/Ada`, { method: "POST" });
  assert.equal(started.status, 202);
  const { id } = (await started.json()) as { readonly id: string };
  const instances = `${origin}/durable/runtime/webhooks/durabletask/instances`;
  const first = await send(`${instances}/${id}`);
  assert.equal(first.status, 202);
  assert.equal(((await first.json()) as { readonly name: string }).name, "Welcome");

  const byApi = await send(`${origin}/durable/runtime/webhooks/durabletask/orchestrators/Welcome`, { method: "POST", body: '"Bob"' });
  const payload = (await byApi.json()) as Payload;
  assert.ok(payload.statusQueryGetUri.startsWith(`${instances}/`), payload.statusQueryGetUri);
  const eventUrl = payload.sendEventPostUri.replace("{eventName}", "Seen");
  const headers = { "Content-Type": "application/json" };
  assert.equal((await send(eventUrl, { method: "POST", headers, body: "true" })).status, 202);
  for (;;) {
    const status = await send(payload.statusQueryGetUri);
    if (status.status === 202) {
      await sleep(50);
      continue;
    }
    assert.equal(((await status.json()) as { readonly output: unknown }).output, "Hello Bob!");
    break;
  }
  assert.equal((await send(`${origin}/nothing-here`)).status, 404);
}

describe("embedding", { concurrency: 2 }, () => {
  for (const name of inTurn("servers", ["express", "fastify", "hono"])) {
    test(name, { timeout: 120_000 }, async () => {
      const port = await freePort();
      const env = { ...process.env, PORT: String(port), STORE: `file:${scratch}/${name}.db` };
      const args = [...PROGRAM_OPTIONS, `${folderOf("embedding.md")}/${name}.ts`];
      const program = spawn(process.execPath, args, { env, stdio: ["ignore", "inherit", "inherit"] });
      try {
        const origin = `http://localhost:${port}`;
        await answered(`${origin}/durable/healthz`, program);
        await speakTo(origin, (url, init) => fetch(url, init));
        program.kill("SIGTERM");
        const [code] = (await once(program, "exit")) as [number | null];
        assert.equal(code, 0);
      } finally {
        program.kill("SIGKILL");
      }
    });
  }

  test("Next: its route handlers, called as Next calls them", { timeout: 120_000 }, async () => {
    process.env.STORE = `file:${scratch}/next.db`;
    const at = (file: string) => import(`${folderOf("embedding.md")}/${file}`);
    const routes = (await at("route.ts")) as { readonly [method: string]: (request: Request) => Promise<Response> };
    const { POST } = (await at("welcome-route.ts")) as {
      POST(request: Request, around: { params: Promise<{ name: string }> }): Promise<Response>;
    };
    const { durable } = (await at("durable.ts")) as { durable(): Promise<{ close(): Promise<void> }> };
    const config = (await at("next.config.ts")) as { readonly default: unknown };
    assert.deepEqual(config.default, { serverExternalPackages: ["perdure"] });
    try {
      await speakTo("http://localhost:3000", async (address, init) => {
        const request = new Request(address, init);
        const { pathname } = new URL(address);
        const [, name] = /^\/welcome\/(.*)$/.exec(pathname) ?? [];
        if (name !== undefined) return POST(request, { params: Promise.resolve({ name }) });
        const route = pathname.startsWith("/durable/") ? routes[request.method] : undefined;
        return route === undefined ? new Response(null, { status: 404 }) : route(request);
      });
    } finally {
      await (await durable()).close();
    }
  });
});

describe("bundlers", () => {
  const page = folderOf("bundlers.md");
  async function bundleAndRun(script: string): Promise<{ readonly ok: boolean; readonly output: string }> {
    rmSync(`${page}/dist`, { recursive: true, force: true });
    // As it stands, but for the sources of perdure in place of its build if that is not there.
    const source = readFileSync(`${page}/${script}`, "utf8").replace(
      "bundle: true,",
      `bundle: true, conditions: ${JSON.stringify(CONDITIONS)},`,
    );
    writeFileSync(`${page}/run-${script}`, source);
    const built = await runProgram([`run-${script}`], { cwd: page, timeoutMs: 60_000 });
    assert.ok(built.ok, built.output);
    return runProgram(["app.mjs"], { cwd: `${page}/dist`, timeoutMs: 60_000 });
  }

  test("a bundle without perdure runs beside it, and one with its threads by itself", async () => {
    for (const script of ["build-external.ts", "build-whole.ts"]) {
      const { ok, output } = await bundleAndRun(script);
      assert.ok(ok, `${script}:\n${output}`);
      assert.equal(output, "Hello Ada!\n");
    }
  });

  // The other three: bundles.full.test.ts.
  bundleCase(page, "cjs", true);
});

/** Tests within a page run as a user runs them: not as a part of this run. */
const withoutTestContext = (): NodeJS.ProcessEnv => {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  return env;
};

/** Paths below the folder of the guides. */
function runBlocks(args: readonly string[]): Promise<RunResult> {
  return runProgram(args, { cwd: folderOf("."), env: withoutTestContext(), timeoutMs: 240_000 });
}

const REPORTER = `data:text/javascript,export default async function* (events) {
  for await (const { type, data } of events) if (type === "test:pass" || type === "test:fail") {
    yield JSON.stringify({ file: data.file, name: data.name, error: type === "test:fail" ? String(data.details.error?.cause?.stack) : null }) + "\\n";
  }
}`;

interface TestOfGuide {
  readonly file: string;
  readonly name: string;
  readonly error: string | null;
}

/** All of them in one process: each of their own takes 0.4 s of processor time to start. */
async function runTests(files: readonly string[]): Promise<readonly TestOfGuide[]> {
  const { ok, output } = await runBlocks(["--test", "--test-isolation=none", `--test-reporter=${REPORTER}`, ...files]);
  const lines = output.split("\n").filter((line) => line.startsWith('{"file":'));
  const results = lines.map((line): TestOfGuide => JSON.parse(line));
  assert.ok(ok || results.some(({ error }) => error !== null), output);
  return results;
}

describe("programs and tests of the guides", { concurrency: 1 }, () => {
  const blocks = readPages()
    .filter(isGuide)
    .flatMap(readBlocks)
    .map((block) => ({ ...block, page: basename(block.page) }));
  const tests = blocks.filter(({ file }) => file?.endsWith(".test.ts")).map(({ page, file }) => `${page}/${file}`);
  let ran: readonly TestOfGuide[] = [];
  before(async () => {
    ran = await runTests(tests);
  });
  for (const path of tests) {
    test(`${path} passes`, () => {
      const isSuite = path.endsWith("counting-store.test.ts"); // its tests stand in the test kit
      const own = ran.filter(({ file }) => (isSuite ? !file.startsWith(PROJECT) : file === folderOf(path)));
      assert.equal(own.flatMap(({ name, error }) => (error === null ? [] : `${name}: ${error}`)).join("\n"), "");
      assert.ok(own.length >= (isSuite ? 90 : 1), `${own.length} tests`);
    });
  }

  for (const { page, outputOf, code } of blocks) {
    if (outputOf === null) continue;
    test(`${page}: ${outputOf} prints what the page shows`, async () => {
      const { ok, output } = await runBlocks([`${page}/${outputOf}`]);
      assert.ok(ok, output);
      assert.equal(output.trim(), code.trim());
    });
  }

  test("typescript.md: its settings compile its code", { timeout: 120_000 }, async () => {
    const page = readPages().find(({ path }) => path.endsWith("guides/typescript.md"));
    assert.ok(page !== undefined);
    const own = readBlocks(page);
    const settings: { compilerOptions: object } = JSON.parse(own.find(({ language }) => language === "json")?.code ?? "");
    const files = own.filter(({ language }) => language === "ts").map(({ line, file }) => file ?? `line-${line}.ts`);
    // With the declarations that a user has: the sources would be checked again.
    const declarations = await publishedTypes();
    const paths = { perdure: [`${declarations}/index.d.ts`], "perdure/*": [`${declarations}/*.d.ts`, `${declarations}/*/index.d.ts`] };
    writeFileSync(
      `${folderOf("typescript.md")}/tsconfig.json`,
      JSON.stringify({ compilerOptions: { ...settings.compilerOptions, paths }, files }),
    );
    const { ok, output } = await checkTypes(folderOf("typescript.md"));
    assert.ok(ok, output);
  });
});
