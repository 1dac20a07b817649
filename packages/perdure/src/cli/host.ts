import type { Console } from "../console/open-console.ts";
import type { HttpServer } from "../http/index.ts";
import type { Store } from "../store/contract.ts";
import type { TaskHub } from "../task-hub/task-hub.ts";
import type { HostRoutes } from "./host-routes.ts";
import type { OpenApp } from "./open-app.ts";
import type { Supervisor } from "./supervisor/supervisor.ts";

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
  readonly console: Console | null;
  close(): Promise<void>;
}
