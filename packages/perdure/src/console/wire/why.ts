/** POST `/instances/doing`, up to 50 ids → {@link Doing} of those that exist. */
export interface DoingRequest {
  readonly ids: readonly string[];
}

/** What one is doing, on one line. */
export interface Doing {
  readonly id: string;
  /** "waits for event Approved", "runs Pack on worker 2", "7 activities, 1 retry, 1 child". */
  readonly text: string;
  readonly kind: WaitKind | "runs" | "suspended" | "stopped" | "scheduled" | "ended" | "unknown";
  readonly since: number | null;
  /** When it continues by itself. */
  readonly dueAt: number | null;
  /** False: its history is longer than what is read for a list. */
  readonly isWhole: boolean;
  readonly outlook: Outlook;
}

export type Outlook = "fine" | "attention" | "stuck";

export type WaitKind = "activity" | "retry" | "timer" | "event" | "child" | "entity" | "lock" | "message";

/** GET `/instances/{id}/why`. Of one that has ended: no waits, and a headline that says so. */
export interface Why {
  /** One sentence. */
  readonly headline: string;
  readonly outlook: Outlook;
  readonly state: "stopped" | "suspended" | "scheduled" | "ready" | "owned" | "waiting" | "ended";
  readonly since: number;
  readonly waits: readonly Wait[];
  /** So many are not in the list. */
  readonly more: number;
  /** Messages that it has not read, oldest first. */
  readonly unread: readonly { readonly kind: string; readonly since: number }[];
  readonly owner: { readonly worker: number; readonly host: string; readonly leaseUntil: number; readonly isAlive: boolean } | null;
  /** What a person can do; of `stuck` there is always one. */
  readonly advice: string | null;
}

export interface Wait {
  readonly kind: WaitKind;
  /** Event id of the call or timer; null: an event wait, a message. */
  readonly eventId: number | null;
  /** Activity, event, child, entity, or what the timer is for. */
  readonly name: string;
  readonly since: number;
  /** In words: "with its owner", "running", "in line", "no worker has it", "no free slot", "not raised", "in the inbox". */
  readonly state: string;
  readonly outlook: Outlook;
  /** One sentence about this one. */
  readonly text: string;
  readonly attempt: number | null;
  /** Attempts in all; null: not known. */
  readonly of: number | null;
  /** When it continues by itself. */
  readonly nextAt: number | null;
  readonly worker: number | null;
  /** Instance that it waits for: the child, the holder of the lock. */
  readonly instanceId: string | null;
  /** The failure of the attempt before, on one line. */
  readonly last: string | null;
}
