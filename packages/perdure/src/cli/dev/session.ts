import type { Store } from "../../store/contract.ts";
import type { Development, RunningHost } from "../development.ts";
import { AppWatch } from "./app-watch.ts";
import { DevLog } from "./dev-log.ts";
import { Findings } from "./findings.ts";
import type { Given } from "./reloads.ts";
import { Reloads } from "./reloads.ts";
import { Repeats } from "./repeats.ts";

/** What `perdure dev` does beside its host: loads the app again when its files change, and repeats what has run. */
export class DevSession implements Development {
  readonly #given: Given;
  readonly #repeats = new Repeats((found) => this.#findings?.notRepeated(found));
  #findings: Findings | null = null;
  #reloads: Reloads | null = null;
  #watch: AppWatch | null = null;

  constructor(given: Given) {
    this.#given = given;
  }

  watch(store: Store): Store {
    return this.#repeats.watch(store);
  }

  begin(running: RunningHost): void {
    const { host, app, log: hostLog, people } = running;
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
    this.#findings = findings;
    this.#watch = watch;
    this.#reloads = new Reloads({ given: this.#given, running, again, watch, log, findings, repeats: this.#repeats });
    this.#repeats.begin(host.store, again.threads, () => host.hub.now);
    log.say("info", "dev.watching", "Watching the app's files: a change loads it again, and each episode is repeated from its history.");
  }

  async close(): Promise<void> {
    this.#watch?.close();
    this.#repeats.close();
    await this.#reloads?.close();
  }
}
