import { spawn } from "node:child_process";
import { platform } from "node:os";
import type { MisfitChoice } from "../../console/wire.ts";
import type { Keyboard } from "../keyboard.ts";
import { counted } from "../render.ts";
import type { DevLog } from "./dev-log.ts";
import type { Misfits } from "./misfits.ts";

export interface DevKeysParts {
  readonly keyboard: Keyboard;
  readonly log: DevLog;
  readonly misfits: Misfits;
  readonly consoleUrl: string | null;
  /** What opens addresses, as `BROWSER` names it; undefined: what the system has. */
  readonly browser: string | undefined;
  kill(): void;
  reload(): void;
  stop(): void;
}

const HELP = "Keys: k kills what runs the app, o opens the console, r loads the app again, q quits, h shows the keys.";
const choices = (what: string) => `u leaves ${what} stopped until code fits, r restarts ${what}, t terminates ${what}.`;
const CHOICE_OF: { readonly [key: string]: MisfitChoice } = { u: "leave", r: "restart", t: "terminate" };
const CTRL_C = "\u0003";

/** What can be pressed while `perdure dev` runs. While instances do not fit, u, r and t decide about them. */
export class DevKeys {
  readonly #parts: DevKeysParts;
  readonly #end: () => void;

  constructor(parts: DevKeysParts) {
    this.#parts = parts;
    parts.log.say("info", "dev.keys", HELP);
    this.#end = parts.keyboard.listen((key) => this.#pressed(key === CTRL_C ? "q" : key.toLowerCase()));
  }

  /** Instances do not fit. */
  ask(): void {
    const { ids } = this.#parts.misfits;
    const isOne = ids.length === 1;
    const what = isOne ? "This instance does not fit" : `These ${counted(ids.length, "instance")} do not fit`;
    this.#parts.log.say("warn", "dev.choose", `${what} the new code: ${choices(isOne ? "it" : "them")}`);
  }

  close(): void {
    this.#end();
  }

  #pressed(key: string): void {
    const { misfits, kill, reload, stop, log } = this.#parts;
    const choice = misfits.ids.length === 0 ? undefined : CHOICE_OF[key];
    if (choice !== undefined) void misfits.decide(choice);
    else if (key === "k") kill();
    else if (key === "o") this.#open();
    else if (key === "r") reload();
    else if (key === "q") stop();
    else if (key === "h" || key === "?") log.say("info", "dev.keys", HELP);
  }

  #open(): void {
    const { consoleUrl, browser, log } = this.#parts;
    if (consoleUrl === null) {
      log.say("info", "dev.console", "There is no console: the host was started with --no-console.");
      return;
    }
    const [command, args] = opener(browser);
    const child = spawn(command, [...args, consoleUrl], { stdio: "ignore", detached: true });
    child.on("error", () => log.say("info", "dev.console", `No browser was found. The console is at ${consoleUrl}`));
    child.unref();
  }
}

function opener(browser: string | undefined): readonly [command: string, args: readonly string[]] {
  if (browser !== undefined && browser !== "") return [browser, []];
  switch (platform()) {
    case "darwin":
      return ["open", []];
    case "win32":
      return ["cmd", ["/c", "start", ""]];
    default:
      return ["xdg-open", []];
  }
}
