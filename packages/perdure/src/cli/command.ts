import type { Keyboard } from "./keyboard.ts";
import type { OptionSpecs } from "./options.ts";

/** What a command gets from the process, so that it can be run inside a test as well. */
export interface CommandIo {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly isTerminal: boolean;
  /** Null: this process has no terminal. */
  readonly keyboard: Keyboard | null;
  /** Ends the process at once, whatever still holds it open. */
  readonly exit: (code: number) => void;
}

export interface Command {
  readonly name: string;
  /** Another name for it. */
  readonly alias?: string;
  /** Positional arguments, as the help shows them. */
  readonly usage: string;
  readonly summary: string;
  readonly options: OptionSpecs;
  /** Loads the code of this command alone, and runs it; resolves with the exit code. */
  readonly run: (io: CommandIo) => Promise<number>;
}
