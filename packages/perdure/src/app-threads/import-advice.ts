import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { errorText, isError } from "../telemetry/value-text.ts";
import { dependenciesIn } from "./manifest-file.ts";
import { sourceNames } from "./source-names.ts";

/** What V8 says of a module that Node has taken for CommonJS. */
const READ_AS_COMMONJS = /outside a module|Unexpected token 'export'|top level bodies of modules/;

/** What to do about an app that cannot be imported, where the first steps with Node's modules and TypeScript are the cause; undefined when not. */
export function importAdvice(error: unknown): string | undefined {
  return formatAdvice(error) ?? missingAdvice(error) ?? installAdvice(error);
}

/** In one line: files that have required a missing one follow in the error itself. */
export function importReason(error: unknown): string {
  const reason = isError(error) ? `${error.name}: ${errorText(error)}` : errorText(error);
  return (reason.split("\n", 1)[0] ?? "").replace(/\.$/, "");
}

function formatAdvice(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = "code" in error ? error.code : undefined;
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") {
    return (
      "Node takes types out of TypeScript and compiles nothing: write an object in place of an enum and fields in place of parameter properties " +
      '("erasableSyntaxOnly" in tsconfig.json finds them), or build the app and give the path of its output, such as ./dist.'
    );
  }
  if (code === "ERR_UNKNOWN_FILE_EXTENSION" && /\.[tj]sx"/.test(error.message)) {
    return "Node does not compile JSX: name the file .ts, or build the app and give the path of its output, such as ./dist.";
  }
  if (error instanceof SyntaxError && READ_AS_COMMONJS.test(error.message)) {
    return `It is read as CommonJS, as its package.json says or leaves open (npm init writes "type": "commonjs"). Write "type": "module" there, or name the file .mts.`;
  }
  return undefined;
}

/** A module that was not found while another one of nearly that name is there. */
function missingAdvice(error: unknown): string | undefined {
  const missing = missingFile(error);
  if (missing === null) return undefined;
  const source = sourceNames(missing).find((path) => existsSync(path));
  if (source === undefined) return undefined;
  const [wrong, right] = [basename(missing), source.slice(missing.length - basename(missing).length)];
  return (
    `There is "${right}": Node runs TypeScript as it is, and an import must name the file that is there. Write "${right}" in place of "${wrong}" ` +
    `(with "rewriteRelativeImportExtensions" in tsconfig.json if you also build), or build the app and give the path of its output, such as ./dist.`
  );
}

/** The path that an import named, when there is no such file. */
function missingFile(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error) || !("url" in error) || typeof error.url !== "string") return null;
  const isMissing = error.code === "ERR_MODULE_NOT_FOUND" || error.code === "ERR_UNSUPPORTED_DIR_IMPORT";
  return isMissing && error.url.startsWith("file:") ? fileURLToPath(error.url) : null;
}

/** A package that is not there, although the app says that it needs it. */
function installAdvice(error: unknown): string | undefined {
  const missing = missingPackage(error);
  for (let folder = missing?.folder ?? ""; missing !== null; folder = dirname(folder)) {
    if (dependenciesIn(join(folder, "package.json")).includes(missing.name)) return `Run "npm install" in ${folder}.`;
    if (folder === dirname(folder)) return undefined;
  }
  return undefined;
}

const PACKAGE = /^Cannot find (?:module|package) '((?:@[^/']+\/)?[^./'][^/']*)[^']*'(?: imported from (.+))?/;

/** Its name, and the folder of the file that asks for it. */
function missingPackage(error: unknown): { readonly name: string; readonly folder: string } | null {
  if (!isError(error)) return null;
  const [, name, importer] = PACKAGE.exec(error.message) ?? [];
  const [required]: readonly unknown[] = "requireStack" in error && Array.isArray(error.requireStack) ? error.requireStack : [];
  const file = importer ?? required;
  return name === undefined || typeof file !== "string" ? null : { name, folder: dirname(file) };
}
