import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { ErrorCode } from "./catalogue.ts";
import { CATALOGUE } from "./catalogue.ts";
import { PerdureError } from "./perdure-error.ts";

const page = readFileSync(new URL("../../../../docs/errors.md", import.meta.url), "utf8");
const codes = Object.keys(CATALOGUE) as ErrorCode[];

/** Headings of the third level: their anchor is the code in lower case. */
const sections = [...page.matchAll(/^### (\S+)$/gm)].map((match) => match[1] ?? "");

const sectionOf = (code: string): string => page.split(`\n### ${code}\n`)[1]?.split(/\n##/)[0] ?? "";

test("every code is upper case, and the error of a code carries it with who must act and the HTTP status", () => {
  for (const code of codes) {
    assert.match(code, /^[A-Z][A-Z_]*[A-Z]$/);
    const error = new PerdureError(code, "text");
    assert.equal(error.code, code);
    assert.equal(error.kind, CATALOGUE[code].kind);
    assert.equal(error.httpStatus, CATALOGUE[code].http);
  }
});

test("every code has an HTTP status that fits who must act", () => {
  const allowed = {
    client: [400, 401, 403, 404, 408, 409, 410, 412, 413, 415, 501, 503, 504],
    function: [500],
    configuration: [500],
    store: [503],
    internal: [500],
  } as const;
  for (const code of codes) {
    const { kind, http } = CATALOGUE[code];
    const statuses: readonly number[] = allowed[kind];
    assert.ok(statuses.includes(http), `${code}: ${kind} answers ${http}`);
  }
});

test("docs/errors.md has one section for each code, in no other spelling, and none too many", () => {
  assert.deepEqual(sections.toSorted(), codes.toSorted());
});

/** Of a stopped instance, of a failure in a history, of a log line: wherever the sources name a code, it is one that is explained. */
test("every code in the sources is one of the catalogue", () => {
  const root = new URL("../", import.meta.url);
  const sources = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (path) => /\.ts$/.test(path) && !/\.test(suite)?\.ts$/.test(path),
  );
  const named = new Map<string, string>();
  for (const path of sources) {
    const text = readFileSync(new URL(path, root), "utf8");
    for (const [, code = ""] of text.matchAll(/\b(?:code: |code = |code === |stop\()"([A-Z]+(?:_[A-Z]+)*)"/g)) named.set(code, path);
  }
  const unknown = [...named].filter(([code]) => !(code in CATALOGUE) && !OF_OTHERS.test(code));
  assert.ok(named.size > 10, "the sources name codes in another way now");
  assert.deepEqual(unknown, []);
});

/** Node's and the system's. */
const OF_OTHERS = /^(ERR_|E[A-Z]+$|MODULE_NOT_FOUND$)/;

test("every section says why and what to do", () => {
  for (const code of codes) {
    const text = sectionOf(code);
    assert.ok(text.includes("**Why:**") && text.includes("**What to do:**"), `docs/errors.md, ${code}`);
  }
});

test("a wait that was too short is said in the largest unit that says it in few digits", () => {
  const said = ([0, 50, 999, 1_000, 5_500, 1_234, 90_000, 5_400_000, 86_400_000_000] as const).map((ms) =>
    /within (.*?)\. /.exec(CATALOGUE.RESULT_TIMEOUT.text("one", ms, "forItsEnd"))?.at(1),
  );
  assert.deepEqual(said, ["0 ms", "50 ms", "999 ms", "1 s", "5.5 s", "1.234 s", "1.5 min", "1.5 h", "1000 d"]);
});
