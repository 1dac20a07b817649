import { fault } from "../errors/perdure-error.ts";
import { DEFAULT_METHODS } from "../http/function-routes.ts";
import type { HttpMount } from "../http/mounts.ts";
import { realClock, realScheduler } from "../process/real-time.ts";
import { errorAnswer, NOT_KEPT, securedResponse } from "./answers.ts";
import { answerApi } from "./api.ts";
import { BulkRuns } from "./bulk/bulk-runs.ts";
import type { ConsoleHub, ConsoleParts } from "./call.ts";
import type { ConsoledHub, ConsoleOptions } from "./console-options.ts";
import { CREATE_CONSOLE, checkKeys, DEFAULT_PATH } from "./console-options.ts";
import { Fleet } from "./fleet.ts";
import { Holders } from "./holders.ts";
import { INSTANCE_ACTIONS } from "./instance-actions.ts";
import { PageFiles } from "./page-files.ts";
import { Sessions } from "./session.ts";
import { shownPayloads } from "./shown-payloads.ts";
import { Streams } from "./stream/streams.ts";
import type { BulkRun, DevNote, Feature, HubInfo, MisfitChoice } from "./wire.ts";

/** What a host knows beside what its console is told. */
export interface HostConsoleOptions extends ConsoleOptions, Partial<Pick<HubInfo, "retention" | "isDev" | "hasWorker" | "paths">> {
  /** HTTP functions that this host serves, if they may become others. */
  readonly httpFunctions?: ConsoleHub["httpFunctions"];
  /** Folder of an app that is being written: lines of its code are shown. Default: none. */
  readonly sources?: string;
  /** Of an app that is being written: what a page is told when it is opened, and who decides about instances that the code does not fit. */
  readonly dev?: { readonly notes: () => readonly DevNote[]; readonly decide: (choice: MisfitChoice) => Promise<void> };
  /** Folder of the built page. Default: that of the package. */
  readonly files?: string;
}

export interface Console extends HttpMount {
  /** To all open pages. */
  tell(note: DevNote): void;
  endStreams(): void;
}

const API = "/api/v1";
const FEATURES: readonly Feature[] = ["start", ...INSTANCE_ACTIONS, "bulk", "entities", "schedules"];
const STORES = ["memory", "sqlite", "postgres"] as const;

/** The page at `path`/ and its API below it. All addresses that it gives are relative, so that it works behind any prefix of a proxy. */
export function openConsole(hub: ConsoledHub, options: HostConsoleOptions = {}): Console {
  const { path = DEFAULT_PATH } = options;
  const parts = partsOf(hub, options);
  const files = new PageFiles(options.files);
  const folder = `${path.slice(path.lastIndexOf("/") + 1)}/`;
  return {
    path,
    demandsKey: parts.sessions.demandKey,
    async handle(request, context) {
      if (context.path === API || context.path.startsWith(`${API}/`)) return answerApi(parts, request, context.path.slice(API.length));
      if (request.method !== "GET" && request.method !== "HEAD")
        return errorAnswer(fault("CONSOLE_NOT_FOUND", `${request.method} ${context.path}`), "", parts.log);
      if (context.path === "") return securedResponse(null, 308, { Location: folder, ...NOT_KEPT });
      return files.answer(request, context.path);
    },
    endStreams: () => parts.streams.end(),
    tell: (data) => parts.streams.tell({ type: "dev", data }),
  };
}

function partsOf(source: ConsoledHub, options: HostConsoleOptions): ConsoleParts {
  const { hubClient: client, httpDefaults } = source;
  const { log, maxJsonDepth } = httpDefaults;
  const { keys = httpDefaults.keys, readKeys = [] } = options;
  checkKeys(keys, readKeys);
  const payloads = shownPayloads(options.payloads ?? "show", CREATE_CONSOLE);
  const inspector = client.inspector({ shown: payloads.shown });
  const now = () => source.now;
  const isClosing = () => source.isClosing;
  const scheduler = realScheduler(false);
  const holders = new Holders();
  const fleet = new Fleet({ inspector, clock: realClock, now });
  const notes = options.dev?.notes ?? (() => []);
  const streams = new Streams({
    inspector,
    log,
    scheduler,
    isClosing,
    now,
    notes,
    readTick: () => fleet.tick(),
    client,
    shown: payloads.shown,
    saw: (row) => holders.sawRow(row),
  });
  const changed = (run: BulkRun) => streams.tell({ type: "bulk", data: run });
  return {
    hub: {
      client,
      schedules: source.schedules,
      maxJsonDepth,
      isClosing,
      now,
      httpFunctions:
        options.httpFunctions ??
        (() => source.registry.http.map(({ name, methods = DEFAULT_METHODS, route = name }) => ({ name, methods, route }))),
    },
    inspector,
    info: infoOf(source, options),
    sessions: new Sessions({ keys, readKeys }, () => Date.now()),
    payloads,
    sources: options.sources ?? null,
    decide: options.dev?.decide ?? null,
    log,
    fleet,
    holders,
    bulk: new BulkRuns({ client, inspector, log, scheduler, now, isClosing, changed }),
    streams,
  };
}

function infoOf({ name, store, httpDefaults }: ConsoledHub, options: HostConsoleOptions): ConsoleParts["info"] {
  const { version = "unknown", retention = null, isDev = false, hasWorker = true } = options;
  const { paths = { functions: null, management: null, metrics: null } } = options;
  return {
    ...{ name, version, retention, isDev, hasWorker, paths },
    store: { kind: STORES.find((kind) => kind === store.name) ?? "other", where: store.location },
    features: [
      ...FEATURES,
      ...(options.sources === undefined ? [] : (["source"] as const)),
      ...(paths.metrics === null ? [] : (["metrics"] as const)),
    ],
    maxPayloadBytes: httpDefaults.maxPayloadBytes,
  };
}
