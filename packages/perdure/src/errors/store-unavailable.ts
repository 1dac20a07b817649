import { messageOf, PerdureError } from "./perdure-error.ts";

export interface UnansweredCall {
  /** `no`: it will never be done · `unknown`: it may have been done, or may still be done. */
  readonly accepted: "no" | "unknown";
  readonly instanceId: string;
  readonly call: "start" | "message";
}

/** STORE_UNAVAILABLE of a call that writes: tells the caller whether to call again, and under which id. */
export class StoreUnavailableError extends PerdureError {
  readonly accepted: UnansweredCall["accepted"];
  readonly instanceId: string;
  /** The part of the message that says what to do. */
  readonly advice: string;

  constructor(detail: string, call: UnansweredCall, options?: ErrorOptions) {
    const advice = adviceFor(call);
    super("STORE_UNAVAILABLE", messageOf("STORE_UNAVAILABLE", detail, advice), options);
    this.accepted = call.accepted;
    this.instanceId = call.instanceId;
    this.advice = advice;
  }
}

export const storeUnavailable = (detail: string, call: UnansweredCall, options?: ErrorOptions): StoreUnavailableError =>
  new StoreUnavailableError(detail, call, options);

function adviceFor({ accepted, instanceId, call }: UnansweredCall): string {
  if (accepted === "no") return "Nothing was accepted and nothing will be done: call again later.";
  const id = JSON.stringify(instanceId);
  if (call === "start") return `It is not known whether ${id} was started. Start it again with that id: that finds it or starts it.`;
  return `It is not known whether ${id} gets the message. Look at its status before you send it again.`;
}
