import { resolve } from "node:path";
import type { StatementSync } from "node:sqlite";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";

/** One open database with its prepared statements: each text is compiled once. The file must be there: SQLite is not to make one. */
export class Connection {
  readonly db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #arrays = new Map<string, StatementSync>();

  constructor(path: string, options: { readonly readOnly: boolean; readonly busyTimeoutMs: number }) {
    const url = pathToFileURL(resolve(path));
    url.searchParams.set("mode", options.readOnly ? "ro" : "rw");
    this.db = new DatabaseSync(url, {
      readOnly: options.readOnly,
      timeout: options.busyTimeoutMs,
      enableForeignKeyConstraints: false,
    });
  }

  sql(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      statement = this.db.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }

  /** As {@link sql}, for many small rows: each comes as an array, which costs less than an object with names. */
  arrays(text: string): StatementSync {
    let statement = this.#arrays.get(text);
    if (statement === undefined) {
      statement = this.db.prepare(text);
      statement.setReturnArrays(true);
      this.#arrays.set(text, statement);
    }
    return statement;
  }

  /** One value of the first row; undefined without a row. */
  value(text: string, ...params: readonly (string | number | null)[]): unknown {
    const row = this.sql(text).get(...params);
    return row === undefined ? undefined : Object.values(row)[0];
  }

  number(text: string, ...params: readonly (string | number | null)[]): number {
    const value = this.value(text, ...params);
    return typeof value === "number" ? value : 0;
  }

  close(): void {
    this.#statements.clear();
    this.#arrays.clear();
    if (this.db.isOpen) this.db.close();
  }
}
