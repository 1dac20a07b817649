import type { EntityClient } from "../client/entity-types.ts";
import { oneByOne } from "../client/one-by-one.ts";
import type { HubClient, RerunClient } from "../client/types.ts";
import { refuseClientInOrchestrator } from "../functions/direct-calls.ts";
import type { Transaction } from "../functions/transaction.ts";
import { realScheduler } from "../process/real-time.ts";
import type { FromThread, ToThread } from "./messages.ts";
import { errorFromWire, errorToWire } from "./wire-error.ts";

interface Asked {
  readonly transaction: Transaction | undefined;
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/** What does not cross, among the fields of a call's first parameter. */
interface Local {
  readonly transaction?: Transaction;
  readonly signal?: AbortSignal;
}

/** The hub's client in a thread: each call is a message. A transaction of the caller stays here, and its statements come to it; so does the signal of a wait. */
export class ClientProxy {
  readonly client: HubClient;
  readonly #post: (message: FromThread) => void;
  readonly #asked = new Map<number, Asked>();
  #asks = 0;
  /** Store time less that of this machine. */
  #ahead = 0;

  constructor(post: (message: FromThread) => void) {
    this.#post = post;
    this.client = this.#makeClient();
  }

  /** Store time, as well as it was told with the last answer. */
  get now(): number {
    return Date.now() + this.#ahead;
  }

  refused(ask: number, error: unknown): void {
    this.#asked.get(ask)?.reject(error instanceof Error ? error : new TypeError(String(error)));
    this.#asked.delete(ask);
  }

  receive(message: Extract<ToThread, { readonly kind: "told" | "query" }>): void {
    const asked = this.#asked.get(message.ask);
    if (asked === undefined) return;
    if (message.kind === "query") {
      void this.#query(asked, message);
      return;
    }
    this.#ahead = message.now - Date.now();
    this.#asked.delete(message.ask);
    if ("error" in message.outcome) asked.reject(errorFromWire(message.outcome.error));
    else asked.resolve(message.outcome.value as never);
  }

  async #query({ transaction }: Asked, { query, text, values }: Extract<ToThread, { readonly kind: "query" }>): Promise<void> {
    try {
      const rows = (await transaction?.query(text, [...values]))?.rows ?? [];
      this.#post({ kind: "rows", query, outcome: { value: rows.map((row) => ({ ...(row as object) })) } });
    } catch (error) {
      this.#post({ kind: "rows", query, outcome: { error: errorToWire(error) } });
    }
  }

  #ask<Value>(method: string, ...params: readonly unknown[]): Promise<Value> {
    refuseClientInOrchestrator();
    const [first, ...rest] = params;
    const { transaction, signal, ...plain }: Local = typeof first === "object" && first !== null ? first : {};
    const sent = transaction === undefined && signal === undefined ? params : [plain, ...rest];
    const ask = this.#asks++;
    return new Promise((resolve, reject) => {
      const stop = (): void => this.#post({ kind: "stopAsking", ask });
      const over = (): void => signal?.removeEventListener("abort", stop);
      const settled =
        <A>(settle: (answer: A) => void) =>
        (answer: A): void => {
          over();
          settle(answer);
        };
      this.#asked.set(ask, { transaction, resolve: settled(resolve), reject: settled(reject) });
      this.#post({ kind: "ask", ask, method, params: sent, inTransaction: transaction !== undefined });
      if (signal?.aborted === true) stop();
      else signal?.addEventListener("abort", stop, { once: true });
    });
  }

  #makeClient(): HubClient {
    const call =
      <Params extends readonly unknown[], Value>(method: string) =>
      (...params: Params): Promise<Value> =>
        this.#ask(method, ...params);
    const entities: EntityClient = {
      get: call("entities.get"),
      list: call("entities.list"),
      signal: call("entities.signal"),
      purge: call("entities.purge"),
      skip: call("entities.skip"),
      clean: call("entities.clean"),
    };
    const now = async () => ({ now: await this.#ask<number>("now"), workers: [] });
    const reruns: RerunClient = {
      restart: call("reruns.restart"),
      rewind: call("reruns.rewind"),
      fork: call("reruns.fork"),
      oneByOne: (params, act) =>
        oneByOne({ client: this.client, store: { readWorkers: now }, scheduler: realScheduler(true) }, params, act),
    };
    return {
      entities,
      reruns,
      audit: call("audit"),
      failures: call("failures"),
      start: call("start"),
      getStatus: call("getStatus"),
      getHistory: call("getHistory"),
      waitingFor: call("waitingFor"),
      query: call("query"),
      count: call("count"),
      raiseEvent: call("raiseEvent"),
      suspend: call("suspend"),
      resume: call("resume"),
      terminate: call("terminate"),
      purge: call("purge"),
      purgeBy: call("purgeBy"),
      countPurge: call("countPurge"),
      waitFor: call("waitFor"),
      changes: call("changes"),
      knownFunctions: call("knownFunctions"),
      versionsTakenInstead: call("versionsTakenInstead"),
    };
  }
}
