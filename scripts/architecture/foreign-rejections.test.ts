import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { PACKAGE } from "../lib/paths.ts";
import { blankOut } from "./blank-out.ts";
import type { SourceFile } from "./inspect-source.ts";
import { isTestFile } from "./inspect-source.ts";

const ENGINE = `${PACKAGE}/src/engine`;

/** What a place that takes a rejection or an error calls, to throw on what is not foreign. */
const ASKS = /\bsaidByStore\b/;

/** Files whose errors come from elsewhere, with how many places: what they take is foreign, or is thrown on. */
const OTHERS: ReadonlyMap<string, readonly [number, string]> = new Map([
  ["calls/direct-call.ts", [1, "the call of the store itself, and a start that is not wanted any more"]],
  ["claims/inbox-rows.ts", [1, "a row of the store is parsed"]],
  ["tasks/claimed-tasks.ts", [1, "a row of the store is parsed"]],
  ["ownership/adoption.ts", [1, "rows of the store are parsed"]],
  ["ownership/edited-children.ts", [1, "rows of the store are parsed"]],
  ["episodes/episode-requests.ts", [2, "rows of the store are parsed; the call of the executor itself"]],
  ["activities/dispatcher.ts", [1, "the call of the executor itself"]],
  ["executor/answer-shape.ts", [1, "fields of what the executor answered"]],
  ["executor/foreign-executor.ts", [1, "the call of the executor itself, or a listener's look at what it says"]],
  ["entities/entity-requests.ts", [1, "the call of the executor itself"]],
  ["executor/ask-executor.ts", [3, "the call of the executor itself"]],
  ["life/joining.ts", [1, "thrown on"]],
  ["upkeep/archiving.ts", [1, "the archive of the caller itself"]],
  ["time/within.ts", [1, "its callers decide"]],
]);

/** The text from an opening bracket to the one that closes it. */
function bracketed(text: string, from: number): string {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if ("([{".includes(text.charAt(at))) depth += 1;
    else if (")]}".includes(text.charAt(at))) depth -= 1;
    if (depth === 0) return text.slice(from, at + 1);
  }
  return text.slice(from);
}

/** The second argument; null: there is only one. */
function secondOf(args: string): string | null {
  let depth = 0;
  for (let at = 0; at < args.length; at++) {
    if ("([{".includes(args.charAt(at))) depth += 1;
    else if (")]}".includes(args.charAt(at))) depth -= 1;
    else if (args.charAt(at) === "," && depth === 1) return args.slice(at + 1, -1).trim() || null;
  }
  return null;
}

/** Right before `.then` or `.catch` stands a call of the store, or several that are waited for together, and nothing else. */
function isCallOfStore(before: string): boolean {
  const call = [...before.matchAll(/\bstore\s*\.\w+(?=\()/gi)].at(-1);
  if (call === undefined) return false;
  const args = call.index + call[0].length;
  return /^\s*(?:\]\))?\s*$/.test(before.slice(args + bracketed(before, args).length));
}

/** Places that take what a promise rejects with, or what a block throws, and may not know whose error it is. */
function takers(text: string): readonly string[] {
  const found: string[] = [];
  for (const { index, 0: whole } of text.matchAll(/\.(?:then|catch)(?=\()/g)) {
    const args = bracketed(text, index + whole.length);
    const handler = whole === ".catch" ? args : secondOf(args);
    if (handler !== null && !ASKS.test(handler) && !isCallOfStore(text.slice(0, index))) found.push(handler);
  }
  for (const { index, 0: whole } of text.matchAll(/\bcatch (?:\(\w+\) )?(?=\{)/g)) {
    const block = bracketed(text, index + whole.length);
    if (!ASKS.test(block)) found.push(block);
  }
  return found;
}

function engineSources(): readonly SourceFile[] {
  const paths = globSync("**/*.ts", { cwd: ENGINE }).map((path) => path.replaceAll("\\", "/"));
  const product = paths.filter((path) => !isTestFile(path)).sort();
  return product.map((path) => ({ path, text: blankOut(readFileSync(`${ENGINE}/${path}`, "utf8")).codeOnly }));
}

test("no defect of the engine is taken for an answer of the store", () => {
  for (const { path, text } of engineSources()) {
    const [allowed] = OTHERS.get(path) ?? [0];
    const found = takers(text);
    assert.equal(found.length, allowed, `${path}: what is caught here is not known to be the store's (saidByStore). ${found.join("\n")}`);
  }
});

test("a handler that takes any error is found, and one that asks or stands right behind the call of the store is not", () => {
  const isFound = (code: string) => takers(code).length > 0;
  for (const code of [
    "work().then(done, done);",
    "this.load(nos).catch(() => again());",
    "try { await store.look(); take(); } catch (error) { log(error); }",
    "try { f(); } catch { again(); }",
    "store.look().then(() => f()).catch(() => g());",
    "store.look(); load().then(() => f(), () => g());",
  ])
    assert.ok(isFound(code), code);
  for (const code of [
    "work().then(() => f(1, 2));",
    "parts.store.load(nos).then(take, (error) => again());",
    "this.#store.commit(c).then(take, (error) => again());",
    "Promise.all([store.look({ a: b(c) }), store.load()]).then(take, (error) => again());",
    "this.load(nos).catch((error) => { saidByStore(error); again(); });",
    "try { await f(); } catch (error) { log(saidByStore(error)); }",
  ])
    assert.ok(!isFound(code), code);
});
