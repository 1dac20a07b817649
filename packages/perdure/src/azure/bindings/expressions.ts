import { nodeCrypto } from "../../process/node-crypto.ts";

/** What expressions of a binding refer to: names compare without case. */
export type BindingData = ReadonlyMap<string, unknown>;

export const bindingData = (...parts: readonly { readonly [name: string]: unknown }[]): BindingData =>
  new Map(parts.flatMap((part) => Object.entries(part).map(([name, value]) => [name.toLowerCase(), value] as const)));

type Token = { readonly text: string } | { readonly expression: string };

/** Braces that are doubled stand for themselves. */
const TOKENS = /\{\{|\}\}|\{([^{}]+)\}|[^{}]+|[{}]/g;

function tokensOf(template: string): readonly Token[] {
  return [...template.matchAll(TOKENS)].map(([all, expression]): Token => {
    if (expression !== undefined) return { expression };
    return { text: all === "{{" ? "{" : all === "}}" ? "}" : all };
  });
}

export const hasExpressions = (template: string): boolean => tokensOf(template).some((token) => "expression" in token);

/** `container/{name}.txt` with its values; or the expression that has none. */
export function filled(template: string, data: BindingData, now: Date): { readonly text: string } | { readonly unknown: string } {
  let text = "";
  for (const token of tokensOf(template)) {
    if ("text" in token) text += token.text;
    else {
      const value = expressionValue(token.expression, data, now);
      if (value === null) return { unknown: token.expression };
      text += value;
    }
  }
  return { text };
}

function expressionValue(expression: string, data: BindingData, now: Date): string | null {
  const [name = "", format = null] = splitOnce(expression, ":");
  switch (name.toLowerCase()) {
    case "rand-guid":
    case "sys.randguid":
      return guid(format);
    case "datetime":
    case "sys.utcnow":
      return format === null
        ? now
            .toISOString()
            .replace(/\.\d+Z$/, "Z")
            .replaceAll(":", "-")
        : formatted(now, format);
    default:
      return shown(found(expression, data));
  }
}

function splitOnce(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Formats N, D, B of .NET. */
function guid(format: string | null): string {
  const random = nodeCrypto().randomUUID();
  if (format === "N") return random.replaceAll("-", "");
  return format === "B" ? `{${random}}` : random;
}

const PARTS: { readonly [part: string]: (iso: string) => string } = {
  yyyy: (iso) => iso.slice(0, 4),
  yy: (iso) => iso.slice(2, 4),
  MM: (iso) => iso.slice(5, 7),
  dd: (iso) => iso.slice(8, 10),
  HH: (iso) => iso.slice(11, 13),
  mm: (iso) => iso.slice(14, 16),
  ss: (iso) => iso.slice(17, 19),
  fff: (iso) => iso.slice(20, 23),
};

const formatted = (now: Date, format: string): string =>
  format.replace(/yyyy|yy|MM|dd|HH|mm|ss|fff/g, (part) => PARTS[part]?.(now.toISOString()) ?? part);

/** A whole name first: a query or a header may have a dot in its name. */
function found(expression: string, data: BindingData): unknown {
  const whole = data.get(expression.toLowerCase());
  if (whole !== undefined) return whole;
  const [first = "", ...rest] = expression.split(".");
  let value = data.get(first.toLowerCase());
  for (const name of rest) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.entries(value).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  }
  return value;
}

function shown(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A blob path: what is before its first `/`, and the rest ("": the container only). */
export function splitPath(path: string): { readonly container: string; readonly blob: string } {
  const [container = "", blob = ""] = splitOnce(path.replace(/^\/+/, ""), "/");
  return { container, blob };
}

/** Names of blobs, by a pattern such as `{name}.{ext}`; as on Azure an expression takes as much as it can. */
export class BlobPattern {
  readonly #names: readonly string[];
  readonly #pattern: RegExp;

  constructor(pattern: string) {
    const tokens = tokensOf(pattern);
    this.#names = tokens.flatMap((token) => ("expression" in token ? [token.expression] : []));
    const source = tokens.map((token) => ("text" in token ? RegExp.escape(token.text) : "(.*)")).join("");
    this.#pattern = new RegExp(pattern === "" ? "^.*$" : `^${source}$`, "s");
  }

  /** What its expressions stand for; null: another blob. */
  match(name: string): { readonly [expression: string]: string } | null {
    const match = this.#pattern.exec(name);
    return match === null ? null : Object.fromEntries(this.#names.map((one, at) => [one, match[at + 1] ?? ""]));
  }
}
