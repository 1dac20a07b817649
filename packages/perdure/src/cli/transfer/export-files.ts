import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fault, faultFrom, PerdureError } from "../../errors/perdure-error.ts";
import { errorText } from "../../telemetry/value-text.ts";
import type { Carried, CarriedAudit } from "./carried.ts";
import { isAudit } from "./carried.ts";

export interface ExportSink {
  write(one: Carried | CarriedAudit): void;
  /** False: it was cut, and must not look like a whole one. */
  end(isWhole: boolean): void;
}

/** A folder that exists, or a path that ends with a slash, takes a file for each instance; anything else is one file of lines, which must not exist. */
export function exportSink(path: string): ExportSink {
  return writing(path, () => (isFolder(path) ? folderSink(path) : fileSink(path)));
}

const isFolder = (path: string) => path.endsWith("/") || statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function fileSink(path: string): ExportSink {
  refuseExisting(path);
  const partial = `${path}.partial`;
  rmSync(partial, { force: true });
  const file = openSync(partial, "wx", 0o600);
  return {
    write: (one) => writing(path, () => writeSync(file, `${JSON.stringify(one)}\n`)),
    end: (isWhole) =>
      writing(path, () => {
        fsyncSync(file);
        closeSync(file);
        if (isWhole) renameSync(partial, path);
        else rmSync(partial);
      }),
  };
}

function folderSink(folder: string): ExportSink {
  let audits = 0;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return {
    write: (one) => {
      if (isAudit(one)) audits += 1;
      const path = join(folder, isAudit(one) ? `%audit-${String(audits).padStart(6, "0")}.json` : fileName(one.instanceId));
      writing(path, () => writeFileSync(path, `${JSON.stringify(one)}\n`, { flag: "wx", mode: 0o600 }));
    },
    end: () => {},
  };
}

/** Longest name of a file on common file systems: 255 bytes. */
const LONGEST = 200;

/** Of any id, also one with characters that a file system does not take. */
function fileName(id: string): string {
  const name = encodeURIComponent(id).replaceAll("*", "%2A");
  const short = name.length <= LONGEST ? name : `${name.slice(0, LONGEST)}-${createHash("sha256").update(id).digest("hex").slice(0, 16)}`;
  return `${short}.json`;
}

export function refuseExisting(path: string): void {
  if (existsSync(path)) throw fault("FILE_NOT_WRITTEN", path, "it exists");
}

/** The errors of the file system name the path, and say what is wrong with it. */
export function writing<Result>(path: string, write: () => Result): Result {
  try {
    return write();
  } catch (error) {
    throw notWritten(error, path);
  }
}

export const notWritten = (error: unknown, path: string): unknown =>
  error instanceof PerdureError ? error : faultFrom(error, "FILE_NOT_WRITTEN", path, errorText(error));
