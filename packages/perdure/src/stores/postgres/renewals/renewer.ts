import type { RenewParams } from "../../../store/contract.ts";
import type { Link } from "../connections/link.ts";
import { refusalFor } from "../postgres-error.ts";

/** Who keeps the lease of this process's worker, on a connection of its own. Rejects with StoreRefusalError. */
export interface Renewer {
  /** Store time. */
  renew(params: RenewParams): Promise<number>;
  /** The worker has left, or is dead: its lease is no longer renewed. */
  forget(): void;
  close(): Promise<void>;
}

export const RENEW_LEASE = "renew_lease";

export const renewValues = ({ worker, fence, leaseMs, load, functions }: RenewParams): readonly unknown[] => [
  worker,
  fence,
  leaseMs,
  load === undefined ? null : JSON.stringify(load),
  functions === undefined ? null : JSON.stringify(functions),
];

/** One renewal, over this connection. */
export async function renewOn(link: Link, schema: string, params: RenewParams): Promise<number> {
  try {
    const text = `SELECT * FROM ${schema}.${RENEW_LEASE}($1, $2, $3, $4, $5)`;
    const { rows } = await link.run({ name: RENEW_LEASE, text, values: renewValues(params) });
    return rows[0]?.o_now as number;
  } catch (error) {
    throw refusalFor(error);
  }
}

/** On the calling thread: where a test steers the database's clock. */
export class LinkRenewer implements Renewer {
  readonly #link: Link;
  readonly #schema: string;

  constructor(link: Link, schema: string) {
    this.#link = link;
    this.#schema = schema;
  }

  renew(params: RenewParams): Promise<number> {
    return renewOn(this.#link, this.#schema, params);
  }

  forget(): void {}

  close(): Promise<void> {
    return this.#link.close();
  }
}
