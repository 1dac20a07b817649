import { isDeepStrictEqual } from "node:util";
import type { AppInfo } from "../../app-threads/guest.ts";
import { INTERVAL_TIMER, intervalSpecs } from "../../azure/interval-timers.ts";
import type { Triggers } from "../../azure/triggers/triggers.ts";
import { defineSchedules } from "../../client/schedules.ts";
import { PerdureError } from "../../errors/perdure-error.ts";
import type { RegisteredFunction } from "../../functions/registry.ts";
import { queueKeys } from "../../model/function-kind.ts";
import { jsonCodec } from "../../model/payload.ts";
import { compareVersions } from "../../model/versions.ts";
import { realClock } from "../../process/real-time.ts";
import { runAfter } from "../../process/timers.ts";
import { codeVersion } from "../code-version.ts";
import type { RunningHost } from "../development.ts";
import type { AppAgain } from "../open-app.ts";
import type { ChangedApp } from "./next-app.ts";

/** Not of a hub that is open: they hold from the next start. Of the options, those that settings of an app may say. */
const LATER = [
  "port",
  "task-hub",
  "forwarded-host",
  "max-concurrent",
  "default-version",
  "version-match-strategy",
  "version-failure-strategy",
] as const;

/** A client keeps names for a second, and the row of the worker has them a little later than the worker. */
const KNOWN_MS = 3_000;
const LOOK_AGAIN_MS = 50;

/** What of a host follows its app when that is loaded again. */
export class HostChanges {
  readonly #running: RunningHost;
  readonly #again: AppAgain;
  #triggers: Triggers | null;
  #triggersOf: unknown;

  constructor(running: RunningHost, again: AppAgain) {
    this.#running = running;
    this.#again = again;
    this.#triggers = running.host.app.triggers;
    this.#triggersOf = sourcesOf(again.threads.info, running.azure);
  }

  /** Rejects when the host cannot serve what was loaded; nothing has changed then. What it gives is called once the app has taken the place of the old one, and says what holds from the next start only. */
  async prepare(info: AppInfo, next: ChangedApp): Promise<() => Promise<readonly string[]>> {
    const { host } = this.#running;
    const functions = this.#again.functions(info, next.azure);
    const http = functions.filter((one) => one.kind === "http");
    const takeRoutes = await host.routes.prepare(http, next);
    const takeTriggers = await this.#nextTriggers(info, next);
    const before = this.#again.threads.info;
    return async () => {
      takeRoutes();
      takeTriggers();
      const later = [...this.#register(functions), ...laterOf(before, info), ...this.#laterOptions(next)];
      const client = { client: host.hub.hubClient, codec: jsonCodec };
      await defineSchedules(client, info.schedules);
      await defineSchedules(client, intervalSpecs(info.triggers), INTERVAL_TIMER);
      await this.#resume(functions, info);
      await this.#known(info);
      return later;
    };
  }

  async close(): Promise<void> {
    await this.#triggers?.stop();
  }

  async #nextTriggers(info: AppInfo, { azure }: ChangedApp): Promise<() => void> {
    const sources = sourcesOf(info, azure);
    if (azure === null || isDeepStrictEqual(sources, this.#triggersOf)) return () => {};
    const next = await this.#again.triggers(info, azure);
    return () => {
      void this.#triggers?.stop();
      this.#triggers = next;
      this.#triggersOf = sources;
      next?.start();
    };
  }

  /** The hub knows its functions by name: what is new can be started from now on. */
  #register(functions: readonly RegisteredFunction[]): readonly string[] {
    const { registry } = this.#running.host.hub;
    return functions.flatMap((one) => {
      if (one.kind === "http" || one.kind === "hook" || one.kind === "http calls") return [];
      if (one.kind === "schedule") {
        if (!registry.schedules.some(({ name }) => name === one.name)) registry.add(one);
        return [];
      }
      return this.#added(one);
    });
  }

  #added(one: Extract<RegisteredFunction, { readonly kind: "orchestrator" | "activity" | "entity" }>): readonly string[] {
    const { registry } = this.#running.host.hub;
    const version = this.#again.threads.info.versions[one.name] ?? null;
    const isKnown = registry.find(one.kind, one.name) !== null;
    const isNewer = one.kind === "orchestrator" && compareVersions(version, registry.versionOf(one.name)) > 0;
    if (!isKnown || isNewer) {
      try {
        registry.add(one);
      } catch (error) {
        if (!(error instanceof PerdureError)) throw error;
        return [`"${one.name}" was another kind of function`];
      }
    }
    const isOlder = one.kind === "orchestrator" && compareVersions(version, registry.versionOf(one.name)) < 0;
    return isOlder ? [`the version of new instances of "${one.name}" is an older one`] : [];
  }

  /** Instances that were stopped under the code before it. */
  async #resume(functions: readonly RegisteredFunction[], info: AppInfo): Promise<void> {
    const { host, options, app } = this.#running;
    const { instances: keys } = queueKeys(info.functions);
    await host.store.resumeForCode({ keys, codeVersion: codeVersion(options, app, app, functions, [info.codeVersion]) });
  }

  /** What a client is told of names is a moment old. A program that reads that the app is loaded may start at once what is new in it. */
  async #known({ functions }: AppInfo): Promise<void> {
    const { hubClient } = this.#running.host.hub;
    const until = realClock.monotonicMs() + KNOWN_MS;
    while (realClock.monotonicMs() < until) {
      const known = await hubClient.knownFunctions();
      const lacks = (name: string) => known?.orchestrator?.includes(name) === false;
      if (!functions.orchestrator.some(lacks)) return;
      await new Promise<void>((resolve) => void runAfter(LOOK_AGAIN_MS, resolve, false));
    }
  }

  #laterOptions({ options }: ChangedApp): readonly string[] {
    const before = this.#running.options;
    return LATER.flatMap((name) => (isDeepStrictEqual(before[name], options[name]) ? [] : [`the setting for --${name}`]));
  }
}

const laterOf = (before: AppInfo, info: AppInfo): readonly string[] =>
  isDeepStrictEqual(before.activityLimits, info.activityLimits) ? [] : ["limits of activities (maxConcurrent)"];

/** By which triggers are other ones. */
const sourcesOf = ({ triggers }: AppInfo, azure: ChangedApp["azure"]): unknown =>
  azure === null ? null : { triggers, host: azure.settings.host.given, variables: azure.settings.environment };
