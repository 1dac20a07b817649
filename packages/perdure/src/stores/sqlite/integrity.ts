import { errorText } from "../../telemetry/value-text.ts";
import type { Connection } from "./connection.ts";
import { resultCode } from "./sqlite-error.ts";

const MOST_PROBLEMS = 20;

/** SQLite's own check of every page, row and index: a pass over the whole file. What it meets before it can say anything counts as well. */
export function checkIntegrity(connection: Connection): readonly string[] {
  try {
    const rows = connection.db.prepare(`PRAGMA integrity_check(${MOST_PROBLEMS})`).all();
    const lines = rows.flatMap((row) => String(Object.values(row)[0]).split("\n"));
    return lines.filter((line) => line !== "ok" && !line.startsWith("*** in database"));
  } catch (error) {
    if (resultCode(error) === null) throw error;
    return [errorText(error)];
  }
}
