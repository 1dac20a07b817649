import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkTypes } from "../docs/docs-project.ts";
import { ROOT } from "../lib/paths.ts";
import { publishedTypes } from "../lib/published-types.ts";

/** A call that does not compile, and what the compiler must say of it. */
const CASES: readonly (readonly [code: string, message: string])[] = [
  ["ctx.callActivity(takes<{ when: Date }>(), { when })", "this input does not survive JSON: when is a Date (a string in JSON). Accept"],
  ["ctx.callActivity(takes<Date>(), when)", "this input does not survive JSON: it is a Date"],
  ["ctx.callActivity(takes<Order>(), order)", "this input does not survive JSON: lines[].packed.at is a Date"],
  ["ctx.callActivity(takes<{ a: { b?: bigint | null }[] }>(), { a: [] })", "JSON: a[].b is a bigint"],
  ["ctx.callActivity(takes<{ tags: Set<string>; other: { late: Date } }>(), other)", "JSON: tags is a Set. Accept"],
  ["ctx.callActivity(takes<Account>(), account)", "JSON: deposit is a function"],
  ["ctx.callActivity(takes<{ list: (string | undefined)[] }>(), { list: [] })", "JSON: list[] may be undefined (null in JSON)"],
  ["ctx.callActivity(takes<{ [key: string]: Date }>(), {})", " is a Date"],
  ["ctx.callActivity(takes<DatedTree>(), tree)", "JSON: at is a Date"],
  ["ctx.callActivity(takes<{ url: URL }>(), { url })", "JSON: url is an object with toJSON"],
  ["ctx.callSubOrchestrator(starts<{ when: Date }>(), { when })", "this input does not survive JSON: when is a Date"],
  ["ctx.raiseEvent('id', externalEvent<{ when: Date }>('E'), { when })", "this input does not survive JSON: when is a Date"],
  ["client.startNew(starts<{ at: { when: Date } }>(), { input: { at: { when } } })", "this input does not survive JSON: at.when is a Date"],
  [
    "orchestrator('x', async (ctx, at: { when: Date }) => ctx.continueAsNew(at))",
    "this input does not survive JSON: when is a Date (a string in JSON)",
  ],
  ["activity('x', async () => ({ total: 1n }))", "this result does not survive JSON: total is a bigint. Return its JSON form"],
  ["activity('x', async (n: number) => [{ byId: new Map([[n, n]]) }])", "this result does not survive JSON: [].byId is a Map"],
  ["activity('x', () => new Uint8Array(4))", "this result does not survive JSON: it is an object of bytes"],
  ["activity('x', { timeout: '1s' }, async () => ({ a: { b: /x/ } }))", "this result does not survive JSON: a.b is a RegExp"],
  [
    "orchestrator('x', async () => ({ list: [Promise.resolve(1)] }))",
    "this result does not survive JSON: list[] is a promise that is not awaited",
  ],
  [
    "orchestrator('x', { version: '2' }, async (_, n: number) => ({ n, id: Symbol() }))",
    "this result does not survive JSON: id is a symbol",
  ],
];

/** What compiles, and why one might think that it does not. */
const COMPILES: readonly string[] = [
  "activity('x', async () => ({ at: when, url, list: [undefined, 1] }))",
  "activity('x', async () => account)",
  "activity('x', async () => tree)",
  "activity('x', async (json: Json) => json)",
  "ctx.callActivity(takes<Json>(), [1, [2, { a: null }]])",
  "ctx.callActivity(takes<JsonValue>(), [1])",
  "activity('x', async (value: unknown) => value)",
  "activity('x', async (): Promise<never> => { throw new Error(); })",
  "orchestrator('x', (ctx) => ctx.waitForExternalEvent('E'))",
  "ctx.callActivity(orders, { id: 'a', lines: [] })",
];

const SETUP = `
import { activity, activityRef, externalEvent, orchestrator, orchestratorRef } from "perdure";
import type { DurableClient, JsonValue, OrchestrationContext } from "perdure";
declare const ctx: OrchestrationContext; declare const client: DurableClient; declare const when: Date; declare const url: URL;
const takes = <In>() => activityRef<In, void>("A");
const starts = <In>() => orchestratorRef<In, void>("O");
interface Order { id: string; lines: readonly { packed: { at: Date } | null }[] } declare const order: Order;
class Account { balance = 0; deposit(amount: number) { this.balance += amount; } } declare const account: Account;
interface DatedTree { at: Date; children: DatedTree[] } declare const tree: DatedTree; declare const other: { tags: Set<string>; other: { late: Date } };
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
const orders = activity("Orders", async (order: { id: string; lines: readonly { sku: string; note?: string }[] }) => order.lines.length);
`;

test("the compiler names the field that does not survive JSON", { timeout: 120_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "perdure-json-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const codes = [...CASES.map(([code]) => code), ...COMPILES];
  const setup = SETUP.trim().split("\n");
  writeFileSync(join(folder, "cases.ts"), [...setup, ...codes.map((code) => `void (${code});`)].join("\n"));
  const compilerOptions = {
    noEmit: true,
    rewriteRelativeImportExtensions: false,
    typeRoots: [`${ROOT}/node_modules/@types`],
    paths: { perdure: [`${await publishedTypes()}/index.d.ts`] }, // the sources would be checked again
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const project = { extends: `${ROOT}/tsconfig.base.json`, compilerOptions, files: ["cases.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));
  const { output } = await checkTypes(folder);
  const said = new Map<number, string>();
  for (const text of output.split(/\n(?=\S)/)) {
    const line = Number(/cases\.ts\((\d+),/.exec(text)?.[1] ?? 0);
    if (text.trim() !== "") said.set(line, `${said.get(line) ?? ""}${text}`);
  }
  for (const [index, code] of codes.entries()) {
    const text = said.get(setup.length + index + 1) ?? "";
    const expected = CASES[index]?.[1];
    if (expected === undefined) assert.equal(text, "", code);
    else assert.ok(text.includes(expected), `${code}\nshould say: ${expected}\nsays: ${text}`);
  }
  assert.deepEqual(
    [...said.keys()].filter((line) => line <= setup.length),
    [],
    output,
  );
});
