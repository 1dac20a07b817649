import { fault } from "../../errors/perdure-error.ts";
import type { Clock } from "../../process/clock.ts";
import type { Store } from "../../store/contract.ts";
import type { Payloads } from "../../store/queries.ts";
import type { InstanceRow } from "../../store/rows.ts";
import { countAll, keptCounts } from "./counts.ts";
import { instanceDetail } from "./detail.ts";
import { doingOf } from "./doing.ts";
import type { FailureFilter, InspectedFailures } from "./failure-types.ts";
import { groupFailures } from "./failures.ts";
import { readFleet } from "./fleet.ts";
import { historyPage, payloadAt, payloadsFor } from "./history.ts";
import { listRows } from "./lists.ts";
import type { ShowPayload } from "./preview.ts";
import { Recent } from "./recent.ts";
import { readRows, shownRows, storedIds } from "./rows.ts";
import type { Count, Inspector, InspectorOptions, InspectQuery } from "./types.ts";
import { MOST_DOING, MOST_LOOKED_UP } from "./types.ts";
import { readWhy } from "./why.ts";
import { readFunctionList } from "./workers.ts";

/** They are read row by row, with their texts. */
const FAILURES_MS = 5_000;

export interface InspectorParts {
  readonly store: Store;
  readonly clock: Pick<Clock, "monotonicMs">;
  /** Makes errors of the store those of the client. */
  readonly guarded: <T>(call: () => Promise<T>) => Promise<T>;
}

export const createInspector = (parts: InspectorParts, { shown = (payload) => payload }: InspectorOptions = {}): Inspector =>
  new StoreInspector(parts, shown);

class StoreInspector implements Inspector {
  readonly #store: Store;
  readonly #guarded: InspectorParts["guarded"];
  readonly #shown: ShowPayload;
  readonly #failures: Recent<InspectedFailures>;
  readonly #counts: Recent<Count>;

  constructor({ store, guarded, clock }: InspectorParts, shown: ShowPayload) {
    this.#counts = keptCounts(clock);
    this.#failures = new Recent(clock, FAILURES_MS);
    this.#store = store;
    this.#guarded = guarded;
    this.#shown = shown;
  }

  list(query: InspectQuery): ReturnType<Inspector["list"]> {
    return this.#guarded(() => listRows(this.#store, query));
  }

  async lookup(ids: readonly string[]): ReturnType<Inspector["lookup"]> {
    refuseMany(ids, MOST_LOOKED_UP, "lookup()");
    return this.#guarded(async () => shownRows(this.#store, await readRows(this.#store, ids)));
  }

  async doing(ids: readonly string[]): ReturnType<Inspector["doing"]> {
    refuseMany(ids, MOST_DOING, "doing()");
    return this.#guarded(() => doingOf(this.#store, ids));
  }

  counts(): ReturnType<Inspector["counts"]> {
    return this.#guarded(() => countAll(this.#store, this.#counts));
  }

  instance(id: string): ReturnType<Inspector["instance"]> {
    return this.#of(id, "all", (row) => instanceDetail(this.#store, row, this.#shown));
  }

  history(id: string, part: Parameters<Inspector["history"]>[1]): ReturnType<Inspector["history"]> {
    return this.#of(id, "none", (row) => historyPage(this.#store, row, part, this.#shown));
  }

  payload(id: string, at: string): ReturnType<Inspector["payload"]> {
    return this.#of(id, payloadsFor(at), async (row) => {
      const text = await payloadAt(this.#store, row, at);
      return text === null ? null : this.#shown(text);
    });
  }

  why(id: string): ReturnType<Inspector["why"]> {
    return this.#of(id, "withoutInput", (row) => readWhy(this.#store, row));
  }

  functions(): ReturnType<Inspector["functions"]> {
    return this.#guarded(() => readFunctionList(this.#store));
  }

  fleet(): ReturnType<Inspector["fleet"]> {
    return this.#guarded(() => readFleet(this.#store));
  }

  failures(filter: FailureFilter): ReturnType<Inspector["failures"]> {
    return this.#failures.read(JSON.stringify([filter.endedFrom, filter.name, filter.version]), () =>
      this.#guarded(() => groupFailures(this.#store, filter)),
    );
  }

  /** Null: there is none. */
  #of<Answer>(id: string, payloads: Payloads, read: (row: InstanceRow) => Promise<Answer>): Promise<Answer | null> {
    const [stored] = storedIds([id]);
    if (stored === undefined) return Promise.resolve(null);
    return this.#guarded(async () => {
      const row = await this.#store.getInstance(stored, payloads);
      return row === null ? null : read(row);
    });
  }
}

function refuseMany(ids: readonly string[], most: number, where: string): void {
  if (ids.length > most) throw fault("OPTION_INVALID", where, "ids", `${ids.length} ids`, `${most} at most`);
}
