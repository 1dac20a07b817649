import type { CallerTransaction } from "../../store/contract.ts";
import type { Calls } from "./calls.ts";
import type { Row } from "./connections/link.ts";
import { refusalFor } from "./postgres-error.ts";
import type { ClientCalls } from "./start-call.ts";

/** 64-bit numbers, which a connection with `pg`'s own settings brings as texts. */
const NUMBERS = ["o_now", "o_owner", "no", "seq"] as const;

/**
 * The client functions on a connection of the caller's: in the transaction that is open there. An error of the database ends that transaction, as
 * any failed statement does.
 */
export function callsWithin(calls: Calls, transaction: CallerTransaction): ClientCalls {
  return {
    learn: (now) => calls.learn(now),
    async callForClient(name, values) {
      const places = values.map((_, index) => `$${index + 1}`).join(", ");
      try {
        const { rows } = await transaction.query(`SELECT * FROM ${calls.schema}.${name}(${places})`, [...values]);
        return withNumbers((rows[0] ?? {}) as Row);
      } catch (error) {
        throw refusalFor(error);
      }
    },
  };
}

function withNumbers(row: Row): Row {
  const numbers = NUMBERS.filter((name) => typeof row[name] === "string").map((name) => [name, Number(row[name])] as const);
  return { ...row, ...Object.fromEntries(numbers) };
}
