import type { OutgoingMessage } from "../../../store/commit.ts";
import { dedupIdOf, generationOf, wakesStopped } from "../../../store/wake.ts";
import type { Texts } from "./texts.ts";

/** When a message of a batch goes: always, when its finished task (by position) did, or when its create (by number) did not. */
export type Condition =
  | { readonly kind: "always" }
  | { readonly kind: "finished"; readonly position: number }
  | { readonly kind: "notStarted"; readonly no: number };

export const ALWAYS: Condition = { kind: "always" };

function conditionNumbers(condition: Condition): readonly [number, number] {
  if (condition.kind === "always") return [0, 0];
  return condition.kind === "finished" ? [1, condition.position] : [2, condition.no];
}

/** 13 numbers: a row of `send_messages`. */
export function messageRow(to: number[], texts: Texts, { to: target, message }: OutgoingMessage, condition: Condition): void {
  to.push(...conditionNumbers(condition));
  if ("no" in target) to.push(target.no, 0, 0);
  else {
    to.push(-1);
    texts.plain(to, target.instanceId, "instance id");
  }
  texts.common(to, message.kind);
  to.push(generationOf(message) ?? -1, wakesStopped(message.kind) ? 1 : 0);
  texts.plain(to, dedupIdOf(message), "message id");
  texts.payload(to, JSON.stringify(message));
}
