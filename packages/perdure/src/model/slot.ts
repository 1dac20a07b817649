import { functionKey } from "./function-name.ts";
import { LAST_TIME } from "./time.ts";

/** Calls of an activity that have one key run a few at once in the whole hub; each that runs holds a slot. It is recorded with the call. */
export interface Slot {
  readonly key: string;
  /** So many slots the key has, as this call's definition says. */
  readonly limit: number;
}

/** `notBefore` of a task that waits for a slot: no claim finds it, and the store sets another time when there is a slot for it. */
export const NO_SLOT_YET = LAST_TIME;

/** Those that are held are counted each time that one is given away. */
export const MAX_SLOTS = 10_000;

/** Of all calls that share slots. As JSON, so that no name and key look like others. */
export const slotId = (activity: string, key: string): string => JSON.stringify([functionKey(activity), key]);

export const keyOfSlot = (id: string): string => (JSON.parse(id) as readonly [string, string])[1];
