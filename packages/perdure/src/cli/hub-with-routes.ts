import type { HttpFunction } from "../functions/http.ts";
import type { ServedHub } from "../http/served-hub.ts";
import type { TaskHub } from "../task-hub/task-hub.ts";

/** The hub, as a handler is to serve it: with other HTTP functions than those that it was opened with. */
export const hubWith = (hub: TaskHub, http: readonly HttpFunction[]): ServedHub<TaskHub["client"]> => ({
  client: hub.client,
  hubClient: hub.hubClient,
  name: hub.name,
  registry: { http },
  schedules: hub.schedules,
  httpDefaults: hub.httpDefaults,
  readiness: () => hub.readiness(),
  get isClosing() {
    return hub.isClosing;
  },
  drained: hub.drained,
  metrics: hub.metrics,
});
