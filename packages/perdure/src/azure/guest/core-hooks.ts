import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import { isRecord } from "../../model/options.ts";
import { withLeanActivities } from "./activity-wrapper.ts";

/** The module that exists in Azure's worker only: its libraries ask for it by name. */
const NAME = "@azure/functions-core";
const URL = "perdure:functions-core";
/** Under which the module's source finds what it exports: it is code of its own, and shares nothing else with ours. */
const KEY = Symbol.for(URL);

/**
 * From now on `@azure/functions-core` leads to these exports, from whatever copy of a library, by `require` or `import`. One line for each export: the lexer that
 * finds the names for `import { … }` does not see into `module.exports = object`. Hooks hold for this thread only.
 */
export function installFunctionsCore(exports: { readonly [name: string]: unknown }): void {
  (globalThis as { [key: symbol]: unknown })[KEY] = exports;
  const lines = Object.keys(exports).map((name) => `exports.${name} = globalThis[Symbol.for(${JSON.stringify(URL)})].${name};`);
  const source = lines.join("\n");
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === NAME ? { url: URL, format: "commonjs", shortCircuit: true } : next(specifier, context),
    load: (url, context, next) => {
      if (url === URL) return { format: "commonjs", source, shortCircuit: true };
      const loaded = next(url, context);
      return { ...loaded, source: withLeanActivities(url, loaded.source) };
    },
  });
}

const DURABLE = "durable-functions";
const DURABLE_KEY = Symbol.for("perdure:durable-functions");
const TELLS = `\n;globalThis[Symbol.for(${JSON.stringify(DURABLE_KEY.description)})](exports);\n`;

/**
 * From now on each copy of `durable-functions` that is loaded by its name says which function an author gives it as an orchestrator: what it registers is a function
 * of its own. A copy in a bundle says nothing.
 */
export function watchOrchestrators(note: (name: unknown, handler: unknown) => void): void {
  const mains = new Set<string>();
  (globalThis as { [key: symbol]: unknown })[DURABLE_KEY] = (exports: { readonly app?: { orchestration?: unknown } }): void => {
    const { app } = exports;
    const orchestration = app?.orchestration;
    if (app === undefined || typeof orchestration !== "function") return;
    Reflect.set(app, "orchestration", (...args: readonly unknown[]): unknown => {
      const [name, given] = args;
      note(name, isRecord(given) ? given.handler : given);
      return Reflect.apply(orchestration, app, args);
    });
  };
  registerHooks({
    resolve: (specifier, context, next) => {
      const found = next(specifier, context);
      if (specifier === DURABLE) mains.add(found.url);
      return found;
    },
    load: (url, context, next) => {
      const loaded = next(url, context);
      if (!mains.has(url) || loaded.format === "module") return loaded;
      return { ...loaded, format: "commonjs", source: `${loaded.source ?? readFileSync(fileURLToPath(url), "utf8")}${TELLS}` };
    },
  });
}
