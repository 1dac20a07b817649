import type { Action } from "../../model/action.ts";
import type { CopyOf } from "../../model/fork-origins.ts";
import type { EventId } from "../../model/ids.ts";
import { eventId } from "../../model/ids.ts";
import type { RecordedAction } from "./action-match.ts";
import { actionLabel, matches, recordedLabel } from "./action-match.ts";
import { sameInputs } from "./same-inputs.ts";

const NO_ACTIONS: readonly Action[] = [];

/** Asked for and recorded are not the same. */
export interface Mismatch {
  readonly asked: string;
  readonly recorded: string;
  /** What was asked for; null: nothing. */
  readonly action: Action | null;
}

/** What one episode asks for, in order; in replay it is compared with what the history recorded. */
export class ActionLedger {
  #asked: Action[] = [];
  #matched = 0;
  #nextId = 0;
  /** Inputs and due times are compared as well: the history was edited, and what hung on the old values must not stay. */
  comparesInputs = false;
  /** Null: what is replayed was recorded for this instance. */
  copy: CopyOf | null = null;
  /** For a replay that wants to know where in the code each action is asked for. */
  onAsk: ((action: Action) => void) | null = null;

  /** Actions of this generation so far. */
  get count(): number {
    return this.#nextId;
  }

  takeId(): EventId {
    return eventId(this.#nextId++);
  }

  ask(action: Action): void {
    this.#asked.push(action);
    this.onAsk?.(action);
  }

  /** The oldest action that is not matched yet must be what the history has here. */
  match(event: RecordedAction): Mismatch | null {
    const asked = this.#asked[this.#matched];
    if (asked === undefined) return { asked: "nothing there", recorded: recordedLabel(event), action: null };
    if (!matches(asked, event, this.copy !== null) || (this.comparesInputs && !sameInputs(asked, event, this.copy)))
      return { asked: actionLabel(asked), recorded: recordedLabel(event), action: asked };
    this.#matched++;
    return null;
  }

  /** A recorded episode is over: nothing may be left. */
  close(): Mismatch | null {
    const extra = this.#asked[this.#matched];
    if (extra !== undefined) return { asked: actionLabel(extra), recorded: "nothing more in that episode", action: extra };
    if (this.#asked.length > 0) this.#asked = [];
    this.#matched = 0;
    return null;
  }

  /** The actions of a new episode, which is trusted to be recorded. */
  take(): readonly Action[] {
    if (this.#asked.length === 0) return NO_ACTIONS;
    const asked = this.#asked;
    this.#asked = [];
    return asked;
  }
}
