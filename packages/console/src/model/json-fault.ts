import type { JsonToken } from "./json-tokens.ts";
import { jsonTokens } from "./json-tokens.ts";

/** Where a text stops being JSON, for the person who writes it. */
export interface JsonFault {
  /** From 0, in the text. */
  readonly at: number;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a string of JSON may not have
const STRING = /^"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4}))*"$/;

/** What may come next. `first`: a value or the end of what is open. */
type Expected = "value" | "first value" | "key" | "first key" | "colon" | "more" | "nothing";

/** Null: the text is JSON. The first fault only: what follows from it is not worth a word. */
export function jsonFault(text: string): JsonFault | null {
  const open: ("{" | "[")[] = [];
  let expected: Expected = "value";
  let at = 0;
  for (const token of jsonTokens(text)) {
    if (token.kind !== "blank") {
      const next = step(token, expected, open);
      if (typeof next !== "string") return faultAt(text, at, next.message);
      expected = next;
    }
    at += token.text.length;
  }
  return expected === "nothing" ? null : faultAt(text, text.length, endMessage(expected, open));
}

/** Of what is given beside a name: no text at all is no payload, and is no fault. */
export const payloadFault = (text: string): JsonFault | null => (text.trim() === "" ? null : jsonFault(text));

export const faultText = ({ line, column, message }: JsonFault): string => `Line ${line}, column ${column}: ${message}`;

interface Wrong {
  readonly message: string;
}

function step(token: JsonToken, expected: Expected, open: ("{" | "[")[]): Expected | Wrong {
  const { text } = token;
  switch (expected) {
    case "value":
    case "first value":
      if (text === "]" && expected === "first value") return closed(open);
      if (text === "{" || text === "[") {
        open.push(text);
        return text === "{" ? "first key" : "first value";
      }
      return scalarProblem(token) ?? behind(open);
    case "key":
    case "first key":
      if (text === "}" && expected === "first key") return closed(open);
      if (text === "}") return { message: "the last field has no comma behind it" };
      if (token.kind !== "string" && token.kind !== "key")
        return { message: `a field begins with its name in double quotes, not with ${shown(text)}` };
      return stringProblem(text) ?? "colon";
    case "colon":
      return text === ":" ? "value" : { message: `a colon is missing before ${shown(text)}` };
    case "more":
      if (text === ",") return open.at(-1) === "{" ? "key" : "value";
      if (text === (open.at(-1) === "{" ? "}" : "]")) return closed(open);
      return { message: `a comma is missing before ${shown(text)}` };
    case "nothing":
      return { message: `the value is complete before ${shown(text)}` };
  }
}

function closed(open: ("{" | "[")[]): Expected {
  open.pop();
  return behind(open);
}

const behind = (open: readonly string[]): Expected => (open.length === 0 ? "nothing" : "more");

function scalarProblem({ kind, text }: JsonToken): Wrong | null {
  if (kind === "word") return null;
  if (kind === "string" || kind === "key") return stringProblem(text);
  if (kind === "number") return NUMBER.test(text) ? null : { message: `${shown(text)} is not a number of JSON` };
  if (text === "]") return { message: "the last entry has no comma behind it" };
  if (text.startsWith("'")) return { message: "strings have double quotes" };
  return {
    message:
      text.length === 1 && ",}:".includes(text)
        ? `a value is missing before ${shown(text)}`
        : `${shown(text)} is no value: texts have double quotes`,
  };
}

function stringProblem(text: string): Wrong | null {
  if (STRING.test(text)) return null;
  if (text.length < 2 || !/(?:^|[^\\])(?:\\\\)*"$/.test(text.slice(1))) return { message: "this string has no end" };
  if (/[\n\r]/.test(text)) return { message: 'a string stays on one line: write a new line as "\\n"' };
  return { message: "this string has a control character, or a backslash before what needs none" };
}

function endMessage(expected: Expected, open: readonly string[]): string {
  if (open.length === 0) return "there is no value yet";
  const closing = open.at(-1) === "{" ? "}" : "]";
  return expected === "colon" ? "a colon and a value are missing at the end" : `${closing} is missing at the end`;
}

function faultAt(text: string, at: number, message: string): JsonFault {
  const before = text.slice(0, at);
  const line = before.split("\n").length;
  return { at, line, column: at - before.lastIndexOf("\n"), message };
}

const shown = (text: string): string => (text.length > 20 ? `${text.slice(0, 20)}…` : text);
