import { fault } from "../errors/perdure-error.ts";
import type { HttpFunctionDefinition } from "./http-function.ts";
import type { RouteTemplate, TemplateParams } from "./route-template.ts";
import { matchTemplate, parseTemplate } from "./route-template.ts";
import { percentDecode } from "./wire/form-encoding.ts";

export interface FunctionMatch<Client> {
  readonly definition: HttpFunctionDefinition<Client>;
  readonly params: TemplateParams;
}

interface Entry<Client> {
  readonly definition: HttpFunctionDefinition<Client>;
  readonly template: RouteTemplate;
  readonly methods: ReadonlySet<string>;
}

export const DEFAULT_METHODS: readonly string[] = ["GET", "POST"];

const METHOD = /^[A-Z]+$/;

/** Which client function answers which path. Built once; a template that cannot work, or two that collide, are errors of the start. */
export class FunctionRoutes<Client> {
  readonly #entries: readonly Entry<Client>[];

  constructor(definitions: readonly HttpFunctionDefinition<Client>[]) {
    const entries = definitions.map(entryOf);
    refuseCollisions(entries);
    this.#entries = entries.toSorted((a, b) => (a.template.precedence < b.template.precedence ? -1 : 1));
  }

  /** `pathBelowPrefix` as it came, percent-encoded. Null: no function answers this path with this method. */
  match(method: string, pathBelowPrefix: string): FunctionMatch<Client> | null {
    const trimmed = pathBelowPrefix.replace(/^\/|\/$/g, "");
    const path = trimmed === "" ? [] : trimmed.split("/").map(percentDecode);
    for (const { definition, template, methods } of this.#entries) {
      if (!methods.has(method)) continue;
      const params = matchTemplate(template, path);
      if (params !== null) return { definition, params };
    }
    return null;
  }
}

function entryOf<Client>(definition: HttpFunctionDefinition<Client>): Entry<Client> {
  const route = definition.route ?? definition.name;
  const template = parseTemplate(route);
  if (typeof template === "string") throw fault("ROUTE_INVALID", definition.name, route, template);
  const methods = (definition.methods ?? DEFAULT_METHODS).map((method) => method.toUpperCase());
  const bad = methods.find((method) => !METHOD.test(method));
  if (bad !== undefined) throw fault("ROUTE_INVALID", definition.name, route, `"${bad}" is not an HTTP method`);
  if (methods.length === 0) throw fault("ROUTE_INVALID", definition.name, route, "its list of methods is empty");
  return { definition, template, methods: new Set(methods) };
}

function refuseCollisions<Client>(entries: readonly Entry<Client>[]): void {
  for (const [index, entry] of entries.entries()) {
    const earlier = entries
      .slice(0, index)
      .find((other) => other.template.shape === entry.template.shape && !other.methods.isDisjointFrom(entry.methods));
    // Two constrained parameters may divide the values between them ({x:int} and {x:guid}).
    if (earlier !== undefined && !entry.template.shape.includes("{:}")) {
      throw fault("ROUTE_TAKEN", entry.definition.name, earlier.definition.name, entry.definition.route ?? entry.definition.name);
    }
  }
}
