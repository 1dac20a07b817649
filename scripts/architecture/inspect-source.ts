import { posix } from "node:path";
import { blankOut } from "./blank-out.ts";
import type { Import } from "./read-imports.ts";
import { readImports } from "./read-imports.ts";
import { arrowProblem, ROOMS, roomOf, testArrowProblem } from "./rooms.ts";

/** A path relative to `packages/perdure/src`, with its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
}

interface Ban {
  readonly pattern: RegExp;
  readonly rule: string;
}

const MAX_LINES = 300;

/** Longer files of the product: each is one table, and a reader looks one row up. */
export const LONG_FILES: ReadonlyMap<string, string> = new Map([["errors/catalogue.ts", "the errors, one entry each"]]);

const PURE_BANS: readonly Ban[] = [
  { pattern: /\bDate\.now\b|\bnew\s+Date\s*\(\s*\)|\bperformance\.now\b/g, rule: "a pure room has no clock: take the time as an argument" },
  { pattern: /\bMath\.random\b|\bcrypto\b/g, rule: "a pure room has no chance: take ids and seeds as arguments" },
  { pattern: /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask)\b/g, rule: "a pure room has no timers" },
  { pattern: /\basync\b|\bawait\b/g, rule: "a pure room has no async code" },
  { pattern: /\bprocess\.|\bBuffer\b/g, rule: "a pure room uses nothing of Node's" },
];

/** The engine runs whole clusters inside one test on a virtual clock, so time and chance reach it as arguments. */
const ENGINE_BANS: readonly Ban[] = [
  { pattern: /\bDate\.now\b|\bnew\s+Date\s*\(\s*\)|\bperformance\.now\b/g, rule: "the engine takes its clock as an argument" },
  { pattern: /\bMath\.random\b|\brandomUUID\b/g, rule: "the engine takes its ids as an argument" },
  { pattern: /(?<!\.)\b(?:setTimeout|setInterval)\b/g, rule: "the engine takes its scheduler as an argument" },
  { pattern: /\b(?:realClock|realScheduler|realIds)\b/g, rule: "the engine takes clock, scheduler and ids as arguments" },
];

const HOUSE_BANS: readonly Ban[] = [
  { pattern: /(?:\bas|[:<|&])\s*any\b(?!\s*[(:=.])|\bany\[\]/g, rule: "no `any`: use `unknown` and a parser" },
  { pattern: /(?<![.\w])enum\s+[A-Za-z_$]/g, rule: "no `enum`: use a string union" },
  { pattern: /\bexport\s*\*/g, rule: "no `export *`: name what is exported" },
  { pattern: /\bexport\s+default\b/g, rule: "no default export" },
];

const ENVIRONMENT: Ban = { pattern: /\bprocess\s*\.\s*env\b/g, rule: "only cli reads the environment: take a validated option instead" };

/** NODE_OPTIONS is Node's own configuration, and Node shows it in no other way. */
const NODE_OPTIONS_FILE = "replay/globals/node-options.ts";

/** Tests, and what only they use: the `testing` folder inside a room. The room `testing` itself is public, but for the servers of our tests. */
export function isTestFile(path: string): boolean {
  return /\.(?:test|testsuite)\.ts$/.test(path) || /^[^/]+\/(?:.*\/)?testing\//.test(path) || path.startsWith("testing/postgres/");
}

/** Everything in one source file that breaks a rule of the house. Of test files only the direction of imports counts. */
export function inspectSource(file: SourceFile): Violation[] {
  const room = roomOf(file.path);
  const { withoutComments, codeOnly } = blankOut(file.text);
  const problemOf = isTestFile(file.path) ? testImportProblem : importProblem;
  const violations = readImports(withoutComments).flatMap((found) => {
    const rule = problemOf(file.path, room, found);
    return rule === null ? [] : [{ path: file.path, line: lineOf(file.text, found.index), rule }];
  });
  if (isTestFile(file.path)) return violations;
  for (const ban of bansFor(file.path, room)) {
    for (const match of codeOnly.matchAll(ban.pattern)) {
      violations.push({ path: file.path, line: lineOf(file.text, match.index), rule: ban.rule });
    }
  }
  return [...violations, ...lengthProblem(file)];
}

function importProblem(path: string, room: string, found: Import): string | null {
  const { specifier, typesOnly } = found;
  if (!specifier.startsWith(".")) return outsideProblem(room, specifier);
  const target = posix.normalize(posix.join(posix.dirname(path), specifier));
  if (target.startsWith("..")) return `sources import nothing outside src (${specifier})`;
  if (isTestFile(target)) return `no source imports a test file (${specifier})`;
  const to = roomOf(target);
  const problem = arrowProblem(room, to, typesOnly);
  return problem === null ? null : `${problem} (${specifier})`;
}

function testImportProblem(path: string, room: string, { specifier }: Import): string | null {
  if (!specifier.startsWith(".")) return null;
  const target = posix.normalize(posix.join(posix.dirname(path), specifier));
  if (target.startsWith("../test/")) return `a test in src imports nothing from packages/perdure/test (${specifier})`;
  if (target.startsWith("..")) return null;
  const problem = testArrowProblem(room, roomOf(target));
  return problem === null ? null : `${problem} (${specifier})`;
}

function outsideProblem(room: string, specifier: string): string | null {
  if (specifier === "perdure" || specifier.startsWith("perdure/")) return `sources import each other by path, not as "${specifier}"`;
  if (ROOMS[room]?.pure === true) return `a pure room imports nothing from outside (${specifier})`;
  return null;
}

function bansFor(path: string, room: string): readonly Ban[] {
  const bans = [...HOUSE_BANS];
  if (room !== "cli" && path !== NODE_OPTIONS_FILE) bans.push(ENVIRONMENT);
  if (ROOMS[room]?.pure === true) bans.push(...PURE_BANS);
  if (room === "engine") bans.push(...ENGINE_BANS);
  return bans;
}

function lengthProblem(file: SourceFile): Violation[] {
  const lines = linesOf(file.text);
  if (lines <= MAX_LINES || LONG_FILES.has(file.path)) return [];
  return [{ path: file.path, line: lines, rule: `${lines} lines; a source file has at most ${MAX_LINES}, unless it is one table` }];
}

export const linesOf = (text: string): number => text.replace(/\n$/, "").split("\n").length;

/** The line, counted from 1, of a place in a string. */
function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}
