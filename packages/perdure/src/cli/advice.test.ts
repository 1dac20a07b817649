import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { ErrorCode } from "../errors/catalogue.ts";
import { CATALOGUE } from "../errors/catalogue.ts";
import { FUNCTIONS, INSTEAD, inHost, WAITS } from "../errors/sentences.ts";
import { COMMANDS } from "./commands.ts";
import { START_OPTIONS } from "./option-specs.ts";

/** The words of each message, what its values bring left out. */
const said = new Map<string, string>(
  (Object.keys(CATALOGUE) as ErrorCode[]).map((code) => {
    const source = String(CATALOGUE[code].text);
    const text = source.slice(source.indexOf("=>"));
    return [code, text.replace(/\$\{inHost\("(\w+)"\)\}/g, (_, option) => inHost(option)).replace(/\$\{FUNCTIONS\}/g, FUNCTIONS)];
  }),
);
for (const [table, texts] of Object.entries({ WAITS, INSTEAD })) {
  for (const [key, text] of Object.entries(texts)) said.set(`${table}.${key}`, text);
}

const camel = (flag: string) => flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
const ofHost = new Map(Object.keys(START_OPTIONS).map((flag) => [camel(flag), flag]));
/** Of a program that is not ours. */
const FOREIGN = /\(esbuild: [^)]*\)/;

test("a command or an option of the command line that a message names is there", () => {
  const known = new Set(COMMANDS.flatMap(({ options }) => Object.keys(options)));
  for (const [code, text] of said) {
    for (const [, name] of text.matchAll(/\bperdure ([a-z]+(?:-[a-z]+)*)/g)) {
      assert.ok(
        COMMANDS.some((command) => command.name === name),
        `${code}: there is no perdure ${name}`,
      );
    }
    for (const [, flag = ""] of text.replace(FOREIGN, "").matchAll(/--([a-z][a-z-]*)/g))
      assert.ok(known.has(flag), `${code}: no --${flag}`);
  }
});

test("an option that a program and perdure start have is named for both", () => {
  for (const [code, text] of said) {
    for (const [name] of text.matchAll(/\b[a-z]+(?:[A-Z][a-z]+)+\b/g)) {
      const flag = ofHost.get(name);
      assert.ok(flag === undefined || text.includes(`--${flag}`), `${code} names ${name} and not --${flag}`);
    }
  }
});

/** Members of what a file has, and what an app exports: not options. */
const NOT_OPTIONS: ReadonlySet<string> = new Set(["instanceId"]);

test("what a command says by itself names no option that only a program has", () => {
  const root = new URL("./", import.meta.url);
  const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !/\.test(suite)?\.ts$/.test(path))
    .map((path) => readFileSync(new URL(path, root), "utf8"))
    .join("\n");
  const codes = new Set([...sources.matchAll(/\bfault(?:From\(\w+, |\()"([A-Z_]+)"/g)].map(([, code = ""]) => code));
  const tables = [...sources.matchAll(/"INSTANCE_EXISTS", .*"(\w+)"\)/g)].map(([, key]) => `INSTEAD.${key}`);
  assert.ok(codes.size > 15 && tables.length === 3, "the sources name codes in another way now");
  for (const code of [...codes, ...tables]) {
    const text = said.get(code)?.replace(/\$\{[^{}]*\}/g, "") ?? assert.fail(`${code} is unknown`);
    const inCode = /\b[a-z]+(?:[A-Z][a-z]+)+\b/g;
    const alone = [...text.matchAll(inCode)].map(([name]) => name).filter((name) => !ofHost.has(name) && !NOT_OPTIONS.has(name));
    assert.deepEqual(alone, [], code);
  }
});
