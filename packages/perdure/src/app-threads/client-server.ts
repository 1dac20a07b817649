import type { HubClient } from "../client/types.ts";
import { fault } from "../errors/perdure-error.ts";
import type { Transaction } from "../functions/transaction.ts";
import type { FromThread, Outcome, ToThread } from "./messages.ts";
import { errorFromWire, errorToWire } from "./wire-error.ts";

/** The hub as threads may use it. */
export interface ServedClient {
  readonly client: HubClient;
  readonly now: () => number;
}

interface Rows {
  readonly resolve: (rows: { readonly rows: readonly unknown[] }) => void;
  readonly reject: (error: Error) => void;
}

const TAKE_SIGNAL = ["waitFor", "changes"];

type Ask = Extract<FromThread, { readonly kind: "ask" }>;

/** Performs what the code in one thread asks of the hub's client. */
export class ClientServer {
  readonly #hub: Promise<ServedClient>;
  readonly #post: (message: ToThread) => void;
  readonly #stops = new Map<number, AbortController>();
  readonly #queries = new Map<number, Rows>();
  #nextQuery = 0;

  /** `hub`: the app is loaded before its hub is there, and code of it may ask at once. */
  constructor(hub: Promise<ServedClient>, post: (message: ToThread) => void) {
    this.#hub = hub;
    this.#post = post;
  }

  receive(message: Extract<FromThread, { readonly kind: "ask" | "stopAsking" | "rows" }>): void {
    switch (message.kind) {
      case "ask":
        void this.#perform(message);
        return;
      case "stopAsking":
        this.#stops.get(message.ask)?.abort();
        return;
      case "rows":
        this.#rows(message.query, message.outcome);
    }
  }

  /** The thread has ended, and its callers with it. */
  end(): void {
    for (const stop of this.#stops.values()) stop.abort();
    for (const { reject } of this.#queries.values()) reject(fault("HUB_CLOSED"));
    this.#queries.clear();
  }

  async #perform(message: Ask): Promise<void> {
    const { ask } = message;
    const { client, now } = await this.#hub;
    const stop = new AbortController();
    this.#stops.set(ask, stop);
    let outcome: Outcome;
    try {
      outcome = { value: await this.#call(client, now, message, stop.signal) };
    } catch (error) {
      outcome = { error: errorToWire(error) };
    }
    this.#stops.delete(ask);
    this.#post({ kind: "told", ask, outcome, now: now() });
  }

  #call(client: HubClient, now: () => number, { ask, method, params, inTransaction }: Ask, signal: AbortSignal): unknown {
    if (method === "now") return now();
    const [owner, name] = method.includes(".") ? (method.split(".") as [string, string]) : [null, method];
    const target: object = owner === null ? client : (Reflect.get(client, owner) as object);
    const [first, ...rest] = params;
    // Only what can use them is given them: an unknown field would be refused.
    const more = TAKE_SIGNAL.includes(method) ? { signal } : inTransaction ? { transaction: this.#transaction(ask) } : null;
    const given = more === null ? params : [{ ...(first as object), ...more }, ...rest];
    return Reflect.apply(Reflect.get(target, name) as (...args: readonly unknown[]) => unknown, target, given);
  }

  #transaction(ask: number): Transaction {
    return {
      query: (text, values) =>
        new Promise((resolve, reject) => {
          const query = this.#nextQuery++;
          this.#queries.set(query, { resolve, reject });
          this.#post({ kind: "query", ask, query, text, values });
        }),
    };
  }

  #rows(query: number, outcome: Outcome): void {
    const waiting = this.#queries.get(query);
    this.#queries.delete(query);
    if ("error" in outcome) waiting?.reject(errorFromWire(outcome.error));
    else waiting?.resolve({ rows: outcome.value as readonly unknown[] });
  }
}
