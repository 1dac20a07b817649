// The page: packages/console/src → packages/perdure/dist/console. `npm run build`, the gate and `npm start` run it; alone it is `node packages/console/build.ts`.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BuildOptions, BuildResult, Metafile } from "esbuild";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUTPUT = join(HERE, "../perdure/dist/console");
/** Below this folder, as esbuild names it. */
const ENTRY = "src/main.tsx";

/** Whose work is in what the browser gets. */
const LICENSED = /node_modules\/((?:@[\w.-]+\/)?[\w.-]+)\//;

/** How the page is made of its sources. */
export const COMPILED = {
  absWorkingDir: HERE,
  bundle: true,
  format: "esm",
  target: "es2024",
  minify: true,
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".woff2": "file" },
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "none", // licences.txt has them
  logLevel: "warning",
} as const satisfies BuildOptions;

/** Writes the page, with names that change with their contents, and says what it is made of. */
export async function buildConsole(output: string = OUTPUT): Promise<Metafile> {
  // Beside the page there is code of the package.
  rmSync(join(output, "assets"), { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const { metafile }: BuildResult<{ metafile: true }> = await build({
    ...COMPILED,
    entryPoints: { console: ENTRY },
    outdir: join(output, "assets"),
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    splitting: true,
    metafile: true,
  });
  const [script, { cssBundle: style = "" } = {}] =
    Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === ENTRY) ?? [];
  if (script === undefined) throw new Error("esbuild wrote no script");
  writeFileSync(join(output, "index.html"), indexPage(basename(script), basename(style)));
  copyFileSync(join(HERE, "src/design/icon.svg"), join(output, "icon.svg"));
  writeFileSync(join(output, "licences.txt"), licences(Object.keys(metafile.inputs)));
  return metafile;
}

/** All addresses are relative, so that it works below any path of any proxy. */
function indexPage(script: string, style: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Perdure</title>
<link rel="icon" href="./icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="./assets/${style}">
<script type="module" src="./assets/${script}"></script>
</head>
<body>
<div id="app"></div>
<noscript>The console of Perdure needs JavaScript. The same is told by the command line: perdure list, perdure get, perdure why.</noscript>
</body>
</html>
`;
}

function licences(inputs: readonly string[]): string {
  const packages = new Set(inputs.flatMap((path) => LICENSED.exec(path)?.[1] ?? []));
  const require = createRequire(join(HERE, "package.json"));
  const texts = [...packages].sort().map((name) => {
    const folder = packageFolder(require, name);
    const { version, license }: { readonly version: string; readonly license: string } = JSON.parse(
      readFileSync(join(folder, "package.json"), "utf8"),
    );
    return `${name} ${version} (${license})\n\n${licenceText(folder)}`;
  });
  return `${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

/** Not by `require.resolve` of the manifest, which most packages do not export. */
export function packageFolder(require: NodeRequire, name: string): string {
  const folders = (require.resolve.paths(name) ?? []).map((base) => join(base, name));
  const found = folders.find((folder) => existsSync(join(folder, "package.json")));
  if (found === undefined) throw new Error(`${name} is in no node_modules`);
  return found;
}

function licenceText(folder: string): string {
  for (const file of ["LICENSE", "LICENSE.md", "LICENSE.txt", "license"]) {
    try {
      return readFileSync(join(folder, file), "utf8");
    } catch {
      // under another name
    }
  }
  return "";
}

if (import.meta.main) await buildConsole();
