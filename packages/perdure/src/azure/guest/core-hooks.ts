import { registerHooks } from "node:module";

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
    load: (url, context, next) => (url === URL ? { format: "commonjs", source, shortCircuit: true } : next(url, context)),
  });
}
