import type { AppInfo } from "../../app-threads/guest.ts";
import type { DevNote } from "../../console/wire.ts";
import { isBuiltIn } from "../../errors/built-in-names.ts";
import { withoutStart } from "../../errors/nothing-started.ts";
import { KINDS } from "../../model/function-kind.ts";
import { realClock } from "../../process/real-time.ts";
import { runAfter } from "../../process/timers.ts";
import { shortList } from "../../telemetry/short-list.ts";
import { errorText } from "../../telemetry/value-text.ts";
import type { RunningHost } from "../development.ts";
import type { StartOptions } from "../hub-options.ts";
import type { AppAgain } from "../open-app.ts";
import type { AppWatch } from "./app-watch.ts";
import { brokenPlace } from "./broken-place.ts";
import { Changes } from "./changes.ts";
import type { DevLog } from "./dev-log.ts";
import type { Findings } from "./findings.ts";
import { HostChanges } from "./host-changes.ts";
import type { Misfits } from "./misfits.ts";
import type { ChangedApp } from "./next-app.ts";
import { nextApp } from "./next-app.ts";
import { checkOpen } from "./open-check.ts";
import type { Repeats } from "./repeats.ts";

/** With what the host was started. */
export interface Given {
  readonly options: StartOptions;
  /** Of the process before the settings of an Azure app were taken over. */
  readonly environment: NodeJS.ProcessEnv;
}

export interface ReloadsParts {
  readonly given: Given;
  readonly running: RunningHost;
  readonly again: AppAgain;
  readonly watch: Pick<AppWatch, "take">;
  readonly log: DevLog;
  readonly findings: Findings;
  readonly repeats: Repeats;
  readonly misfits: Misfits;
  /** It is to be decided what becomes of them. */
  choose(): void;
}

const nothing = (): void => {};

/** A load that takes longer is given up when files change again: it may await what never comes, and those files have the cure. */
const LONG_LOAD_MS = 5_000;

/** Loads the app again after changes, one time after another: what changes meanwhile is loaded next. */
export class Reloads {
  readonly #parts: ReloadsParts;
  readonly #host: HostChanges;
  readonly #changes: Changes;
  #azure: ChangedApp["azure"];
  #running: Promise<void> | null = null;
  #isAsked = false;
  /** What is being loaded is not as the files are any more. */
  #overtake = nothing;
  #checked: Extract<DevNote, { readonly kind: "reloaded" }> | null = null;
  #isClosed = false;

  constructor(parts: ReloadsParts) {
    this.#parts = parts;
    this.#changes = new Changes(parts.watch);
    this.#host = new HostChanges(parts.running, parts.again);
    this.#azure = parts.running.azure;
  }

  changed(paths: readonly string[]): void {
    this.#changes.add(paths);
    this.#begin();
  }

  /** What becomes of the instances that do not fit: pages of the console do not ask any more. */
  decided(): void {
    if (this.#checked !== null) this.#tell({ ...this.#checked, misfits: [] });
  }

  /** Though nothing has changed. */
  again(): void {
    this.#isAsked = true;
    this.#begin();
  }

  /** Or, while the app is being loaded, once that has ended. */
  #begin(): void {
    if (this.#running === null) this.#running = this.#run();
    else this.#overtake();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#host.close();
  }

  async #run(): Promise<void> {
    while ((this.#changes.areWaiting || this.#isAsked) && !this.#isClosed) {
      this.#isAsked = false;
      await this.#reload();
    }
    this.#running = null;
  }

  async #reload(): Promise<void> {
    const { again, log, repeats, findings, misfits } = this.#parts;
    const { threads } = again;
    const began = realClock.monotonicMs();
    const before = threads.info;
    const later = await this.#load();
    if (later === null || this.#isClosed) return;
    repeats.reloaded();
    findings.reloaded();
    misfits.forget();
    const milliseconds = Math.round(realClock.monotonicMs() - began);
    const files = this.#changes.taken.map((path) => log.shown(path));
    this.#changes.loaded();
    const names = changesText(before, threads.info);
    const what = files.length === 0 ? "" : `: ${shortList(files)}`;
    log.say("info", "dev.loaded", `Loaded again in ${milliseconds} ms${what}.${names}`, { files, milliseconds });
    if (later.length > 0)
      log.say("warn", "dev.restart", `What has changed and holds from the next start only: ${later.join(", ")}.`, { later });
    await this.#check();
  }

  /** What holds from the next start only; null: the app could not be loaded. */
  async #load(): Promise<readonly string[] | null> {
    const { given, running, again, log } = this.#parts;
    let next: ChangedApp | null = null;
    let take: (() => Promise<readonly string[]>) | null = null;
    try {
      const taken = await nextApp({ ...given, app: running.app, azure: this.#azure, changes: this.#changes, log });
      next = taken;
      const accepts = async (info: AppInfo): Promise<void> => {
        take = await this.#host.prepare(info, taken);
      };
      await this.#overtakable((signal) => again.reload(taken, { accepts, signal }));
      this.#azure = taken.azure;
    } catch (error) {
      next?.undo();
      if (!this.#isClosed) await this.#sayFailed(error);
      return null;
    }
    return this.#taken(take);
  }

  async #overtakable(load: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const over = new AbortController();
    const longAt = realClock.monotonicMs() + LONG_LOAD_MS;
    let cancel = nothing;
    this.#overtake = () => {
      this.#overtake = nothing;
      const reason = new Error(`its load had not ended after ${LONG_LOAD_MS / 1_000} s, when it was to be loaded again`);
      cancel = runAfter(Math.max(0, longAt - realClock.monotonicMs()), () => over.abort(reason), false);
    };
    try {
      await load(over.signal);
    } finally {
      this.#overtake = nothing;
      cancel();
    }
  }

  async #taken(take: (() => Promise<readonly string[]>) | null): Promise<readonly string[]> {
    try {
      return (await take?.()) ?? [];
    } catch (error) {
      this.#parts.log.say("warn", "dev.store", `Schedules and stopped instances could not be brought up to date: ${errorText(error)}`);
      return [];
    }
  }

  async #sayFailed(error: unknown): Promise<void> {
    const { log } = this.#parts;
    const place = await brokenPlace(error, this.#changes.taken);
    const at = place === null ? "" : ` at ${log.shown(place.file)}:${place.line}`;
    const [why = "", ...more] = withoutStart(errorText(error)).split("\n");
    const lines = [`The app cannot be loaded${at}, and the code before this change runs on: ${why}`, ...more];
    log.sayLines("error", "dev.not-loaded", lines, { file: place?.file ?? null, line: place?.line ?? null, error });
    const site = place === null ? null : { file: log.shown(place.file), line: place.line, column: null };
    this.#tell({ kind: "broken", at: this.#now, message: [why, ...more].join("\n"), site });
  }

  /** In the pages of the console. */
  #tell(note: DevNote): void {
    this.#parts.running.host.console?.tell(note);
  }

  get #now(): number {
    return this.#parts.running.host.hub.now;
  }

  async #check(): Promise<void> {
    const { running, again, findings, misfits, choose, log } = this.#parts;
    const began = realClock.monotonicMs();
    try {
      const result = await checkOpen(running.host.store, again.threads);
      if (this.#isClosed) return;
      findings.checked(result, Math.round(realClock.monotonicMs() - began));
      misfits.found(result);
      this.#checked = { kind: "reloaded", at: this.#now, checked: result.replayed + result.states, misfits: misfits.ids };
      this.#tell(this.#checked);
      if (misfits.ids.length > 0) choose();
    } catch (error) {
      if (!this.#isClosed) log.say("warn", "dev.not-checked", `Open instances could not be checked with the new code: ${errorText(error)}`);
    }
  }
}

/** ` New: activity "Pack". Gone: orchestrator "Ship".` */
function changesText(before: AppInfo, now: AppInfo): string {
  const named = ({ functions, http, schedules }: AppInfo): readonly string[] => [
    ...KINDS.flatMap((kind) => functions[kind].filter((name) => !isBuiltIn(name)).map((name) => `${kind} "${name}"`)),
    ...http.map(({ name }) => `HTTP function "${name}"`),
    ...schedules.map(({ name }) => `schedule "${name}"`),
  ];
  const [old, fresh] = [new Set(named(before)), new Set(named(now))];
  const added = [...fresh].filter((one) => !old.has(one));
  const gone = [...old].filter((one) => !fresh.has(one));
  return `${added.length === 0 ? "" : ` New: ${added.join(", ")}.`}${gone.length === 0 ? "" : ` Gone: ${gone.join(", ")}.`}`;
}
