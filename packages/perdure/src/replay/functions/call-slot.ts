import { fault } from "../../errors/perdure-error.ts";
import type { Slot } from "../../model/slot.ts";
import { slotKeyProblem } from "../../model/slot-key.ts";

/** That calls of an activity need a slot, and how the key of a call is found in its input; null: all calls have one key. */
export interface SlotRule {
  readonly limit: number;
  readonly key: ((input: unknown) => unknown) | null;
}

/** All calls of an activity whose calls have no keys share this. */
const NO_KEY = "";

interface SlotCall {
  readonly activity: string;
  readonly rule: SlotRule | undefined;
  readonly input: unknown;
  /** Given at the call; it wins. */
  readonly key: unknown;
}

/** The slot that a call needs. A replay does not compare it with what was recorded, so a rule may change; what fails here, fails in a replay, too. */
export function slotOf({ activity, rule, input, key: given }: SlotCall): Slot {
  const where = `ctx.callActivity "${activity}"`;
  if (rule === undefined)
    throw fault("CALL_INVALID", where, "a key has an effect only for an activity whose definition, as this process knows it, has perKey");
  if (given === undefined && rule.key === null) return { key: NO_KEY, limit: rule.limit };
  const key = given === undefined ? rule.key?.(input) : given;
  const problem = slotKeyProblem(key);
  if (problem === null) return { key: key as string, limit: rule.limit };
  const option = given === undefined ? "key (as the function of its definition gives it)" : "key";
  throw fault("OPTION_INVALID", where, option, key, `a string (${problem})`);
}
