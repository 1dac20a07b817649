import type { ReadStream } from "node:tty";

/** Keys of a terminal, as they are pressed. */
export interface Keyboard {
  /** `pressed` gets one character at a time, Ctrl+C among them: the system makes no signals of keys meanwhile. Gives what ends it. */
  listen(pressed: (key: string) => void): () => void;
}

type Terminal = Pick<ReadStream, "isTTY" | "setRawMode" | "setEncoding" | "on" | "off" | "resume" | "pause" | "unref">;

export function terminalKeyboard(terminal: Terminal): Keyboard | null {
  if (terminal.isTTY !== true) return null;
  return {
    listen(pressed) {
      const hear = (text: string): void => {
        for (const key of text) pressed(key);
      };
      terminal.setRawMode(true);
      terminal.setEncoding("utf8").on("data", hear);
      terminal.resume();
      terminal.unref(); // a host that has stopped does not wait for a key
      return () => {
        terminal.off("data", hear);
        terminal.pause();
        terminal.setRawMode(false);
      };
    },
  };
}
