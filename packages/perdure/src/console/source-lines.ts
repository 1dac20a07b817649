import { readFileSync, realpathSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import type { CodeFrame } from "./wire.ts";

const BEFORE = 3;
const BEHIND = 2;
const LONGEST_LINE = 500;
const CODE = /\.[cm]?[jt]sx?$/;

/** Lines around a place in code below `folder`; null: there is no such file or line, or it is not below that folder, or it is not code. */
export function sourceLines(folder: string, file: string, line: number): CodeFrame | null {
  const path = pathBelow(folder, file);
  if (path === null || !CODE.test(path)) return null;
  const lines = readFileSync(path, "utf8").split(/\r?\n/);
  if (line < 1 || line > lines.length) return null;
  const firstLine = Math.max(1, line - BEFORE);
  const shown = lines.slice(firstLine - 1, line + BEHIND).map((text) => text.slice(0, LONGEST_LINE));
  return { file: relative(realpathSync(folder), path).split(sep).join("/"), line, column: null, firstLine, lines: shown };
}

/** Where it really is, so that no link leads out of the folder either. */
function pathBelow(folder: string, file: string): string | null {
  try {
    const root = realpathSync(folder);
    const path = realpathSync(resolve(root, file));
    const below = relative(root, path);
    return below === "" || below.startsWith("..") || isAbsolute(below) ? null : path;
  } catch {
    return null;
  }
}
