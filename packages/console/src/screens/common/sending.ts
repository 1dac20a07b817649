import { useRef, useState } from "preact/hooks";
import { messageOf } from "../../state/problems.ts";

export interface Sending {
  /** What was sent has not been answered. */
  readonly isSending: boolean;
  readonly send: (call: () => Promise<unknown>) => void;
}

/** Sends one thing at a time: a second click before the answer sends nothing. `refused`: with what the host has said. */
export function useSending(refused: (problem: string) => void): Sending {
  const [isSending, setSending] = useState(false);
  // The state is drawn a moment later, and two clicks may come before.
  const isUnderWay = useRef(false);
  const become = (is: boolean): void => {
    isUnderWay.current = is;
    setSending(is);
  };
  const send = (call: () => Promise<unknown>): void => {
    if (isUnderWay.current) return;
    become(true);
    call().then(
      () => become(false),
      (error: unknown) => {
        become(false);
        refused(messageOf(error));
      },
    );
  };
  return { isSending, send };
}
