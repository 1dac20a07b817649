import { loadRouteRegex } from "../http/route-regex.ts";
import { loadCron } from "../schedules/cron.ts";
import type { HubSettings, TaskHubOptions } from "./options.ts";
import { parseHubOptions } from "./options.ts";

/** All that a hub is refused for before its store is opened: options, functions, their names, times and routes as far as they are read here. Throws errors of the catalogue. */
export async function hubSettings(options: TaskHubOptions): Promise<HubSettings> {
  const settings = parseHubOptions(options);
  await loadRouteRegex(settings.registry.http);
  await loadCron(settings.registry.schedules.map(({ spec }) => spec));
  return settings;
}
