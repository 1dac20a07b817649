import { loadApp } from "../../app-threads/load-app.ts";
import { loadedState } from "../../executors/entity-batch.ts";
import { HistoryReplayer } from "../../executors/history-replayer.ts";
import type { VersionPolicy } from "../../functions/orchestrator-table.ts";
import { FunctionRegistry } from "../../functions/registry.ts";
import type { FunctionKind } from "../../model/function-kind.ts";
import type { Payload } from "../../model/payload.ts";
import { jsonCodec } from "../../model/payload.ts";
import { installDeterministicGlobals } from "../../replay/globals/deterministic-globals.ts";
import type { CommandIo } from "../command.ts";
import { entryFiles } from "../entry-files.ts";
import { loadedInTime } from "../load-watch.ts";

/** The code with which recorded instances are repeated. */
export interface CheckedCode {
  readonly replayer: Pick<HistoryReplayer, "replay">;
  has(kind: FunctionKind, name: string): boolean;
  /** Null: there is no such entity. `load` throws or rejects with why its next operation could not begin with that state. */
  entity(name: string): { readonly name: string; readonly load: (state: Payload) => unknown } | null;
  close(): void;
}

export async function nativeCode(io: CommandIo, app: string, versions: VersionPolicy): Promise<CheckedCode> {
  const uninstall = installDeterministicGlobals();
  try {
    const load = () => loadApp(app, entryFiles(app, io.cwd), io.cwd);
    const registry = new FunctionRegistry(await loadedInTime(io, null, load), versions);
    return {
      replayer: new HistoryReplayer(registry),
      has: (kind, name) => registry.find(kind, name) !== null,
      entity: (name) => {
        const definition = registry.find("entity", name);
        return definition === null ? null : { name: definition.name, load: (state) => loadedState(definition, jsonCodec.decode(state)) };
      },
      close: uninstall,
    };
  } catch (error) {
    uninstall();
    throw error;
  }
}
