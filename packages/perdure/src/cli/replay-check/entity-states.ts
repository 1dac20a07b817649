import { sameName } from "../../model/function-name.ts";
import type { InstanceId } from "../../model/ids.ts";
import { ENTITY_MARK, parseEntityId } from "../../model/ids.ts";
import type { Payload } from "../../model/payload.ts";
import { payload } from "../../model/payload.ts";
import type { Store } from "../../store/contract.ts";
import { errorText } from "../../telemetry/value-text.ts";
import type { CheckOptions, CheckResult, Found, Missing } from "./check.ts";
import { count, sampled } from "./check.ts";
import type { CheckedCode } from "./checked-code.ts";

/** An entity that has a state. */
export interface StoredState {
  readonly instanceId: InstanceId;
  readonly name: string;
  readonly version: null;
  readonly state: Payload;
}

export interface StatesResult {
  readonly states: number;
  readonly found: readonly Found[];
  readonly missing: readonly Missing[];
}

const PAGE = 500;

/** Nothing is written. */
export async function* statesIn(store: Store): AsyncGenerator<StoredState> {
  let after: InstanceId | null = null;
  do {
    const all = { prefix: ENTITY_MARK, updatedFrom: null, updatedTo: null, emptyOnes: false, showState: true };
    const page: Awaited<ReturnType<Store["readEntities"]>> = await store.readEntities({ ...all, after, limit: PAGE });
    for (const { instanceId, input } of page.rows)
      if (input !== null) yield { instanceId, name: parseEntityId(instanceId)?.name ?? "", version: null, state: payload(input) };
    after = page.next;
  } while (after !== null);
}

export function withStates(result: CheckResult, { states, found, missing }: StatesResult): CheckResult {
  const both = [...result.missing];
  for (const one of missing) {
    const at = both.findIndex(({ kind, name }) => kind === one.kind && sameName(name, one.name));
    const known = both[at];
    if (known === undefined) both.push(one);
    else both[at] = { ...known, instances: known.instances + one.instances };
  }
  return { ...result, states, found: [...result.found, ...found], missing: both };
}

/** Loads each state as its next operation would. No operation runs. */
export async function checkStates(
  all: AsyncIterable<StoredState>,
  { entity }: Pick<CheckedCode, "entity">,
  { name, sample }: CheckOptions,
): Promise<StatesResult> {
  const found: Found[] = [];
  const missing = new Map<string, Missing>();
  let states = 0;
  for await (const one of sampled(all, ({ name: of }) => name === null || sameName(of, name), sample)) {
    const definition = entity(one.name);
    if (definition === null) {
      count(missing, "entity", one.name);
      continue;
    }
    states += 1;
    try {
      await definition.load(one.state);
    } catch (error) {
      found.push({
        instanceId: one.instanceId,
        name: definition.name,
        version: null,
        finding: { kind: "stateRefused", message: errorText(error) },
      });
    }
  }
  return { states, found, missing: [...missing.values()] };
}
