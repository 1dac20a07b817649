import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { isTypeScript } from "../../../app-threads/source-names.ts";
import { Compiler } from "./compiler.ts";
import { formatOf } from "./run-typescript.ts";
import { readTsConfig } from "./ts-config.ts";

/** The line of a source that is at a line of what it was compiled to. A thread that is held cannot be asked: the file is compiled once more. */
export async function sourceLine(folder: string, file: string, line: number): Promise<number> {
  const compiler = isTypeScript(file) ? Compiler.of(folder, readTsConfig(folder)) : null;
  if (compiler === null) return line;
  try {
    const code = await compiler.compileLater({ path: file, text: readFileSync(file, "utf8"), format: formatOf(file) });
    return lineIn(code, line) ?? line;
  } finally {
    compiler.stop();
  }
}

const MAP = /\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/;

function lineIn(code: string, line: number): number | null {
  const encoded = MAP.exec(code)?.[1];
  const column = code.split("\n")[line - 1]?.search(/\S/) ?? -1;
  if (encoded === undefined || column < 0) return null;
  const entry = new SourceMap(JSON.parse(Buffer.from(encoded, "base64").toString())).findEntry(line - 1, column);
  return "originalLine" in entry ? entry.originalLine + 1 : null;
}
