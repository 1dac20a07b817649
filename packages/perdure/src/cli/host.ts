import type { Console } from "../console/open-console.ts";
import type { MisfitChoice } from "../console/wire.ts";
import type { HttpServer } from "../http/index.ts";
import type { Store } from "../store/contract.ts";
import type { TaskHub } from "../task-hub/task-hub.ts";
import type { HostRoutes } from "./host-routes.ts";
import type { OpenApp } from "./open-app.ts";
import type { Supervisor } from "./supervisor/supervisor.ts";

/** The console of a host, before its code is loaded too. */
export interface HostConsole extends Console {
  /** Who decides about instances that the code does not fit. */
  onDecision(decide: (choice: MisfitChoice) => Promise<void>): void;
}

/** A host that is up. */
export interface Host {
  readonly hub: TaskHub;
  readonly server: HttpServer;
  /** Of `--metrics-address`; null: there is none. */
  readonly metrics: HttpServer | null;
  /** Null where the only worker, if any, is in this process. */
  readonly supervisor: Supervisor | null;
  readonly app: OpenApp;
  readonly store: Store;
  readonly routes: HostRoutes;
  /** Null: `--no-console`. */
  readonly console: HostConsole | null;
  close(): Promise<void>;
}
