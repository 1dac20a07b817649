import type { MisfitChoice } from "../../console/wire.ts";
import type { Store } from "../../store/contract.ts";
import type { Development, RunningHost } from "../development.ts";
import type { AppAgain } from "../open-app.ts";
import { AppWatch } from "./app-watch.ts";
import type { DevKeysParts } from "./dev-keys.ts";
import { DevKeys } from "./dev-keys.ts";
import { DevLog } from "./dev-log.ts";
import { Findings } from "./findings.ts";
import { killApp } from "./kill.ts";
import { Misfits } from "./misfits.ts";
import { checkOpen } from "./open-check.ts";
import type { Given } from "./reloads.ts";
import { Reloads } from "./reloads.ts";
import { Repeats } from "./repeats.ts";

/** What `perdure dev` does beside its host: loads the app again when its files change, and repeats what has run. */
export class DevSession implements Development {
  readonly #given: Given;
  readonly #repeats = new Repeats((found) => this.#findings?.notRepeated(found));
  #findings: Findings | null = null;
  #misfits: Misfits | null = null;
  #reloads: Reloads | null = null;
  #watch: AppWatch | null = null;
  #keys: DevKeys | null = null;

  constructor(given: Given) {
    this.#given = given;
  }

  watch(store: Store): Store {
    return this.#repeats.watch(store);
  }

  begin(running: RunningHost): void {
    const { host, app, log: hostLog, people, keyboard } = running;
    const { again } = host.app;
    if (again === null) throw new TypeError("The app does not run on threads.");
    const log = new DevLog(hostLog, people, app);
    const findings = new Findings(log);
    const watch = new AppWatch({
      app,
      changed: (paths) => this.#reloads?.changed(paths),
      polls: (error) =>
        log.say("warn", "dev.polls", `Folders of the app cannot be watched (${String(error)}): they are looked at once a second.`),
    });
    const misfits = new Misfits({
      client: host.hub.hubClient,
      log,
      check: () => checkOpen(host.store, again.threads),
      decided: () => this.#reloads?.decided(),
    });
    const choose = (): void => this.#keys?.ask();
    this.#findings = findings;
    this.#misfits = misfits;
    this.#watch = watch;
    this.#reloads = new Reloads({ given: this.#given, running, again, watch, log, findings, misfits, choose, repeats: this.#repeats });
    this.#repeats.begin(host.store, again.threads, () => host.hub.now);
    log.say("info", "dev.watching", "Watching the app's files: a change loads it again, and each episode is repeated from its history.");
    if (keyboard !== null) this.#keys = new DevKeys({ ...this.#actions(running, again, log), keyboard, log, misfits });
  }

  #actions(
    { host, consoleUrl, options, stop }: RunningHost,
    { threads }: AppAgain,
    log: DevLog,
  ): Omit<DevKeysParts, "keyboard" | "log" | "misfits"> {
    return {
      consoleUrl,
      browser: this.#given.environment.BROWSER,
      kill: () => void killApp(threads, host, options.isolation ?? "thread", log),
      reload: () => this.#reloads?.again(),
      stop,
    };
  }

  async decide(choice: MisfitChoice): Promise<void> {
    await this.#misfits?.decide(choice);
  }

  async close(): Promise<void> {
    this.#keys?.close();
    this.#watch?.close();
    this.#repeats.close();
    await this.#reloads?.close();
  }
}
