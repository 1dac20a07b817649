import type pgNamespace from "pg";
import type { ClientConfig } from "pg";
import { faultFrom } from "../../errors/perdure-error.ts";

export type Driver = typeof pgNamespace;
export type PgClient = InstanceType<Driver["Client"]>;

/** `pg` is an optional peer: only who opens a PostgreSQL store needs it. */
export async function loadDriver(): Promise<Driver> {
  try {
    const { default: driver } = await import("pg");
    return driver;
  } catch (error) {
    throw faultFrom(error, "STORE_DRIVER_MISSING", "pg", "npm install pg");
  }
}

const INT8 = 20;

/** bigint as number: all of ours are below 2^53. The rest as `pg` does it. */
export const columnTypes = (driver: Driver): NonNullable<ClientConfig["types"]> => ({
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    oid === INT8 ? Number : driver.types.getTypeParser(oid, format as "text")) as NonNullable<ClientConfig["types"]>["getTypeParser"],
});
