import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { BuildOptions, Plugin } from "esbuild";
import { build } from "esbuild";

/** What users import, and what is run as a process of its own. */
const ENTRIES = [
  "index",
  "http/index",
  "console/index",
  "testing/index",
  "testing/store",
  "cli/main",
  "cli/supervisor/worker-main",
  "app-threads/thread-main",
  "app-threads/process-main",
  "app-threads/native-guest",
  "azure/guest/azure-guest",
];

/** Standalone, for each runs in a realm of its own. They lie beside the shared code, which looks for them there (`workerEntry`). */
const THREADS: readonly string[] = [
  "stores/sqlite/thread/writer-thread",
  "stores/sqlite/thread/checkpoint-thread",
  "stores/postgres/renewals/renewal-thread",
  "cli/supervisor/process-watch",
  "app-threads/watch-thread",
  "cli/load-watch-thread",
];

/**
 * Entries that a shared file starts, and looks for beside itself. A thread or process that runs an app is one of them: what the app imports of Perdure has its
 * state in common with what runs the app.
 */
const PROCESSES: readonly string[] = ["cli/supervisor/worker-main", "app-threads/thread-main", "app-threads/process-main"];

/** They run before the version of Node is known to be one that runs the rest, or say that it is not. */
const BEFORE_ALL_ELSE: readonly string[] = ["cli/main", "cli/supervisor/worker-main", "cli/error-text", "require-node"];

/** What a hub needs when it is opened, and an import of the package does not: read while the thread of a file starts. */
const WITH_HUB = "task-hub/hub-code";

/**
 * Small modules that a store, the worker and the test kit share: in the file of the hub, which each program reads, and not in a file for each set of those
 * that use them (eleven more files to find, read and link before a first result). Node's modules among them are loaded in every program.
 */
const SHARED_WITH_HUB: readonly string[] = ["model", "store", "stores", "worker-entry.ts"];
const SHARED_WITH_HUB_OF_NODE: readonly string[] = ["node:fs", "node:path", "node:url"];

/** Two folders below package.json, as in the sources. */
const SHARED = "lib";

/**
 * Few files in place of one for each module: reading and linking them is a third of the time to a program's first result (decision 54). Classes and module
 * state exist once, since what several entries use becomes a file that they share.
 */
export async function bundle(sources: string, output: string): Promise<void> {
  const common: BuildOptions = {
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    packages: "external",
    sourcemap: true,
    sourcesContent: false, // the sources are in the package
    legalComments: "none",
    logLevel: "warning",
    plugins: [builtins],
  };
  const file = (name: string) => join(sources, `${name}.ts`);
  await build({
    ...common,
    entryPoints: ENTRIES.map(file),
    outbase: sources,
    outdir: output,
    splitting: true,
    chunkNames: `${SHARED}/[name]-[hash]`,
    plugins: [builtins, withHub(sources, await importedBy(file("index"), common))],
  });
  const threads = Object.fromEntries(THREADS.map((name) => [name.slice(name.lastIndexOf("/") + 1), file(name)]));
  await build({ ...common, entryPoints: threads, outdir: join(output, SHARED) });
  for (const name of PROCESSES)
    writeFileSync(join(output, SHARED, `${name.slice(name.lastIndexOf("/") + 1)}.js`), `import "../${name}.js";\n`);
  keepClassNames(output);
}

/** esbuild calls a class `_Name` that speaks of itself, and so would whatever prints one. `keepNames` would cost a call for each closure that is made. */
function keepClassNames(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"))) {
    const path = join(folder, name);
    const text = readFileSync(path, "utf8");
    const renamed = [...text.matchAll(/^var (\w+) = class _\1\b/gm)].map(([, own]) => own);
    if (renamed.length > 0) writeFileSync(path, text.replaceAll(new RegExp(`\\b_(${renamed.join("|")})\\b`, "g"), "$1"));
  }
}

/**
 * Node's own modules without their ES module facade, which asks each export for its value: `import { statSync } from "node:fs"` loads all streams. What is
 * taken of them is taken when the file is loaded, before anything is patched. A Node that is too old for this has to come as far as the sentence that says so.
 */
const builtins: Plugin = {
  name: "builtins",
  setup(builder) {
    builder.onResolve({ filter: /^node:/ }, ({ path, kind }) => (kind === "import-statement" ? { path, namespace: "builtin" } : undefined));
    builder.onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path) ?? {}).filter((name) => /^[A-Za-z]\w*$/.test(name) && name !== "default");
      const taken = names.map(
        (name) => `const own_${name} = /* @__PURE__ */ (() => builtin.${name})(); export { own_${name} as ${name} };`,
      );
      return {
        contents: [`const builtin = process.getBuiltinModule?.("${path}") ?? {};`, "export default builtin;", ...taken].join("\n"),
        loader: "js",
      };
    });
  },
};

/**
 * esbuild makes a shared file for each set of entries and lazy imports that reach a module: thirty that an import of `perdure` would read. When each of them
 * reaches all of the hub's code, and that all of `index.ts`, which have run by then in every program, those are two sets.
 */
function withHub(sources: string, ofIndex: ReadonlySet<string>): Plugin {
  const index = join(sources, "index.ts");
  const hub = join(sources, `${WITH_HUB}.ts`);
  const withIt = [...SHARED_WITH_HUB_OF_NODE, ...SHARED_WITH_HUB.flatMap((name) => modulesOf(join(sources, name)))];
  return {
    name: "with-hub",
    setup(builder) {
      const reached = new Set([...ENTRIES, WITH_HUB].map((name) => join(sources, `${name}.ts`)));
      builder.onResolve({ filter: /^\..*\.ts$/ }, ({ kind, path, resolveDir }) => {
        if (kind === "dynamic-import") reached.add(join(resolveDir, path));
        return undefined;
      });
      builder.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const isFirst = BEFORE_ALL_ELSE.some((name) => path === join(sources, `${name}.ts`));
        if (!reached.has(path) || isFirst) return undefined;
        const more = path === hub ? [index, ...withIt] : ofIndex.has(path) ? [index] : [hub];
        const imports = more.map((name) => `import ${JSON.stringify(name)};`);
        return { contents: [readFileSync(path, "utf8"), ...imports].join("\n"), loader: "ts" };
      });
    },
  };
}

/** The modules that are loaded with this one. */
async function importedBy(path: string, options: BuildOptions): Promise<ReadonlySet<string>> {
  const { metafile } = await build({ ...options, entryPoints: [path], splitting: true, outdir: "none", write: false, metafile: true });
  const found = new Set<string>();
  const visit = (module: string): void => {
    if (found.has(resolve(module))) return;
    found.add(resolve(module));
    for (const { path: next, kind } of metafile.inputs[module]?.imports ?? []) if (kind === "import-statement") visit(next);
  };
  visit(relative(process.cwd(), path));
  return found;
}

/** A module, or those that lie in a folder. What is not used of them is left out of the bundle. */
function modulesOf(path: string): readonly string[] {
  if (path.endsWith(".ts")) return [path];
  const isModule = (name: string): boolean => name.endsWith(".ts") && !/\.(test|testsuite)\.ts$/.test(name);
  return readdirSync(path)
    .filter(isModule)
    .map((name) => join(path, name));
}
