import type { InstanceId } from "../model/ids.ts";

export interface UnreadableStart {
  readonly instanceId: InstanceId;
  readonly problem: string;
}

export interface SweepReceipt {
  /** Unowned instances that slept with mail in the box: a broken promise, repaired. */
  readonly repaired: number;
  /** Starts that instances had accepted in their place when they ended by themselves, carried out. */
  readonly started: number;
  /** Such starts that cannot be read, and are dropped: the instance, and what is wrong. Each leaves a line in the audit. */
  readonly unreadable: readonly UnreadableStart[];
  /** Inbox rows of done or missing instances, dropped. Not among them are the events of those that have failed: they are put aside for a rewind. */
  readonly droppedMail: number;
  readonly tombstones: number;
  /** History rows of earlier generations, dropped: nothing reads them once the next generation has begun. */
  readonly pastHistory: number;
  /** It was more than one sweep drops: call again. */
  readonly more: boolean;
}
