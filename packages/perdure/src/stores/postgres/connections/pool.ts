import type { QueryResult } from "pg";
import type { LinkOptions, Row, Statement } from "./link.ts";
import { Link } from "./link.ts";

/** A few connections for reads and client calls, opened as they are needed. A call goes to the one with the least to do. */
export class Pool {
  readonly #links: readonly Link[];

  constructor(options: LinkOptions, size: number) {
    this.#links = Array.from({ length: size }, () => new Link(options));
  }

  run(statement: Statement): Promise<QueryResult<Row>> {
    return this.#freest().run(statement);
  }

  async close(): Promise<void> {
    await Promise.all(this.#links.map((link) => link.close()));
  }

  #freest(): Link {
    let best = this.#links[0];
    for (const link of this.#links) if (best === undefined || link.pending < best.pending) best = link;
    if (best === undefined) throw new RangeError("a pool without connections");
    return best;
  }
}
