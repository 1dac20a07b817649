import { routeConstraint } from "./route-constraints.ts";
import { ROUTE_REGEX_RULE } from "./route-regex.ts";

/** One segment of a template: `orders`, `{id}`, `{id:int}`, `{id?}`, `{id=7}`, `{*rest}`. */
export type TemplateSegment =
  | { readonly kind: "literal"; readonly text: string }
  | {
      readonly kind: "parameter" | "catchAll";
      readonly name: string;
      readonly optional: boolean;
      readonly defaultValue: string | null;
      readonly checks: readonly ((value: string) => boolean)[];
    };

export interface RouteTemplate {
  readonly segments: readonly TemplateSegment[];
  /**
   * Compares as text, smaller first: literal segments beat parameters with a constraint, those beat free ones, those beat catch-alls, and
   * what is longer beats what is shorter.
   */
  readonly precedence: string;
  /** Two templates with the same shape match the same paths. */
  readonly shape: string;
}

export type TemplateParams = { readonly [name: string]: string };

/** The template, or in words why it is none. */
export function parseTemplate(route: string): RouteTemplate | string {
  const texts = splitSegments(route.replace(/^\/+|\/+$/g, ""));
  const segments: TemplateSegment[] = [];
  const names = new Set<string>();
  for (const [index, text] of texts.entries()) {
    const segment = parseSegment(text);
    if (typeof segment === "string") return segment;
    if (segment.kind !== "literal") {
      const key = segment.name.toLowerCase();
      if (names.has(key)) return `the parameter "${segment.name}" appears twice`;
      names.add(key);
    }
    const isLast = index === texts.length - 1;
    if (segment.kind === "catchAll" && !isLast) return `"${text}" takes the rest of the path, so it must come last`;
    if (segment.kind === "parameter" && segment.optional && !isLast)
      return `only the last segment may be optional, and "${text}" is not the last`;
    segments.push(segment);
  }
  return { segments, precedence: `${segments.map(rank).join("")}9`, shape: segments.map(shapeOf).join("/") };
}

/** Splits at slashes outside braces: a regex constraint may hold some. */
function splitSegments(route: string): readonly string[] {
  if (route === "") return [];
  const segments = [""];
  let depth = 0;
  for (const char of route) {
    if (char === "{") depth++;
    if (char === "}") depth--;
    if (char === "/" && depth === 0) segments.push("");
    else segments[segments.length - 1] += char;
  }
  return segments;
}

function parseSegment(text: string): TemplateSegment | string {
  if (text === "") return "it has an empty segment";
  if (!/[{}]/.test(text)) return { kind: "literal", text };
  const match = /^\{(\*{0,2})(\w+)((?::[^=]*?(?:\(.*\))?)*)(\?|=.*)?\}$/s.exec(text);
  if (match === null) return `"${text}" is neither plain text nor one parameter in braces such as {id}, {id:int}, {id?} or {*rest}`;
  const [, stars = "", name = "", constraintText = "", tail = ""] = match;
  const checks: ((value: string) => boolean)[] = [];
  for (const constraint of splitConstraints(constraintText)) {
    const check = routeConstraint(constraint);
    if (check === null) return `"${constraint}" is not a route constraint. ${ROUTE_REGEX_RULE}`;
    checks.push(check);
  }
  const defaultValue = tail.startsWith("=") ? tail.slice(1) : null;
  const optional = tail !== "" || stars !== "";
  return { kind: stars === "" ? "parameter" : "catchAll", name, optional, defaultValue, checks };
}

/** `:int:range(1,9)` → `int`, `range(1,9)`; colons inside parentheses belong to the constraint. */
function splitConstraints(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  for (const char of text) {
    if (char === "(") depth++;
    if (char === ")") depth--;
    if (char === ":" && depth === 0) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}

function rank(segment: TemplateSegment): string {
  if (segment.kind === "literal") return "1";
  const free = segment.checks.length === 0;
  return segment.kind === "parameter" ? (free ? "3" : "2") : free ? "5" : "4";
}

const shapeOf = (segment: TemplateSegment): string =>
  segment.kind === "literal" ? segment.text.toLowerCase() : segment.kind === "catchAll" ? "{*}" : segment.checks.length > 0 ? "{:}" : "{}";

/** The parameters when the decoded path segments fit the template, else null. Parameters that were left out are absent. */
export function matchTemplate(template: RouteTemplate, path: readonly string[]): TemplateParams | null {
  const params: { [name: string]: string } = {};
  for (const [index, segment] of template.segments.entries()) {
    const given = path[index];
    if (segment.kind === "literal") {
      if (given?.toLowerCase() !== segment.text.toLowerCase()) return null;
      continue;
    }
    const value = (segment.kind === "catchAll" ? path.slice(index).join("/") : given) || segment.defaultValue;
    if (value === null || value === undefined || value === "") {
      if (!segment.optional) return null;
    } else if (segment.checks.every((check) => check(value))) {
      Object.defineProperty(params, segment.name, { value, enumerable: true });
    } else {
      return null;
    }
  }
  const takesRest = template.segments.at(-1)?.kind === "catchAll";
  return takesRest || path.length <= template.segments.length ? params : null;
}
