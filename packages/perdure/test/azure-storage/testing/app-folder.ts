import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../../../../scripts/lib/paths.ts";
import type { Folder } from "../../../src/cli/testing/spawn-cli.ts";
import { until } from "../../../src/process/testing/until.ts";
import { azureFolder } from "../../azure/testing/azure-folder.ts";

const CLIENTS = ["storage-blob", "storage-queue", "service-bus"] as const;
const LIMIT_MS = 60_000;

export interface AppFolderOptions {
  readonly files: { readonly [path: string]: string };
  readonly host?: object;
  readonly clients?: readonly (typeof CLIENTS)[number][];
}

/** The folder of an app that has installed the clients of the services. Its functions write lines into the file that the variable NOTES names. */
export class AppFolder implements Disposable {
  readonly folder: Folder;
  readonly path: string;
  readonly notes: string;

  constructor({ files, host = {}, clients = CLIENTS }: AppFolderOptions) {
    this.folder = azureFolder({ files, host: { version: "2.0", ...host } });
    this.path = this.folder.path;
    this.notes = join(this.path, "notes.txt");
    for (const name of clients) symlinkSync(join(ROOT, "node_modules/@azure", name), join(this.path, "node_modules/@azure", name));
  }

  lines(): readonly string[] {
    return existsSync(this.notes) ? readFileSync(this.notes, "utf8").split("\n").slice(0, -1) : [];
  }

  /** That so many lines begin with it. */
  async noted(start: string, count = 1): Promise<void> {
    await until(`${count} x "${start}"`, () => this.lines().filter((line) => line.startsWith(start)).length >= count, LIMIT_MS);
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}

/** What its functions begin with. */
export const NOTE = `
const note = (...words) => require("node:fs").appendFileSync(process.env.NOTES, words.join(" ") + "\\n");
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
`;
