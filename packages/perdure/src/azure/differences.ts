import type { FunctionTable } from "./guest/function-table.ts";
import type { HostSettings } from "./settings/host-settings.ts";

/** What this app does otherwise than on Azure, as far as its functions and settings tell. docs/azure-apps.md says why. */
export function differencesOf(table: FunctionTable, host: HostSettings): readonly string[] {
  const { orchestrator, activity, entity } = table.names;
  const durable = orchestrator.length + activity.length + entity.length > 0;
  return [
    ...(orchestrator.length > 0 && host.get("extensions.durableTask.extendedSessionsEnabled") !== false
      ? [
          'Orchestrators stay in memory between their episodes, so isReplaying is true less often. "extendedSessionsEnabled": false in host.json has them start again each time.',
        ]
      : []),
    ...(durable ? ["State is kept in the store of Perdure, not in a storage account: instances that Azure has are not seen here."] : []),
    ...(table.http.some(({ authLevel }) => authLevel !== "anonymous")
      ? [
          "Keys of functions are not read from Azure: every function that asks for a key takes that of --key; without --key none asks, and the host answers callers of its own machine only.",
        ]
      : []),
  ];
}
