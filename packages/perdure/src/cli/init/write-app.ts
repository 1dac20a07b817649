import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { fault, faultFrom } from "../../errors/perdure-error.ts";
import { errorText } from "../../telemetry/value-text.ts";
import { packageFile } from "../package-file.ts";
import type { Template } from "./templates.ts";

export interface NewApp {
  /** Absolute. It is made when it is not there. */
  readonly folder: string;
  readonly template: Template;
  /** The release of Perdure that the app asks for, and newer ones that are compatible. */
  readonly version: string;
}

/** Writes a new app into an empty folder: all of it, or nothing. Gives the paths of its files. Throws APP_FOLDER_NOT_EMPTY and FILE_NOT_WRITTEN. */
export function writeApp({ folder, template, version }: NewApp): readonly string[] {
  const files = templateFiles(template).map(
    ([path, text]): File => (path === "package.json" ? [path, manifest(text, packageName(folder), version)] : [path, text]),
  );
  const there = entriesOf(folder).filter((name) => name !== ".git");
  if (there.length > 0) throw fault("APP_FOLDER_NOT_EMPTY", folder, there);
  writeAll(folder, files);
  return files.map(([path]) => path);
}

type File = readonly [path: string, text: string];

/** npm packs no file of the name .gitignore, and reads it as a list of what not to pack. */
const RENAMED: { readonly [name: string]: string } = { gitignore: ".gitignore" };

function templateFiles(template: Template): readonly File[] {
  const folder = fileURLToPath(packageFile(`templates/${template}`));
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/[\\/](?:node_modules|dist)[\\/]/.test(relative(folder, path)));
  return paths
    .map((path): File => [relative(folder, path).replaceAll("\\", "/"), readFileSync(path, "utf8")])
    .map(([path, text]): File => [RENAMED[path] ?? path, text])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The template's own, with the name of the new app. Versions there are those that the template is tested with. */
function manifest(text: string, name: string, version: string): string {
  const read: { readonly [key: string]: unknown } = JSON.parse(text);
  const compatible = (packages: unknown) =>
    Object.fromEntries(Object.entries(Object(packages)).map(([one, tested]) => [one, `^${one === "perdure" ? version : tested}`]));
  const { dependencies, devDependencies } = read;
  const written = { ...read, name, dependencies: compatible(dependencies), devDependencies: compatible(devDependencies) };
  return `${JSON.stringify(written, null, 2)}\n`;
}

/** npm takes no longer ones. */
const LONGEST_NAME = 214;
/** Nor these; and an app of the name of Perdure would be what it imports. */
const NO_NAMES: ReadonlySet<string> = new Set(["", "node_modules", "favicon.ico", "perdure"]);

/** What npm takes as a name. */
function packageName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9._~-]+/g, "-")
    .slice(0, LONGEST_NAME)
    .replace(/^[._-]+|-+$/g, "");
  return NO_NAMES.has(name) ? "my-app" : name;
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw notWritten(folder, error);
  }
}

function writeAll(folder: string, files: readonly File[]): void {
  const made: (() => void)[] = [];
  const makeFolder = (path: string): void => {
    const first = mkdirSync(path, { recursive: true });
    if (first === undefined) return;
    for (let at = path; at.length >= first.length; at = dirname(at)) made.push(() => rmdirSync(at));
  };
  try {
    makeFolder(folder);
    for (const [path, text] of files) {
      const file = join(folder, path);
      makeFolder(dirname(file));
      writeFileSync(file, text, { flag: "wx" });
      made.push(() => rmSync(file));
    }
  } catch (error) {
    for (const undo of made.reverse()) attempt(undo);
    throw notWritten(folder, error);
  }
}

/** A folder into which another process has written stays. */
function attempt(undo: () => void): void {
  try {
    undo();
  } catch {
    // It is gone, or not ours alone.
  }
}

const notWritten = (folder: string, error: unknown): Error => faultFrom(error, "FILE_NOT_WRITTEN", folder, errorText(error));
