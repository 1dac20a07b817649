import { v3Replayer } from "../../azure/guest/v3-replayer.ts";
import { isBuiltIn } from "../../errors/built-in-names.ts";
import { azureInProcess, withoutOutput } from "../azure-in-process.ts";
import type { CommandIo } from "../command.ts";
import type { CheckedCode } from "./checked-code.ts";

/** What Perdure itself runs for the app, its timers, is the same in each of its versions. States are what operations make of them. */
export async function azureCode(io: CommandIo, folder: string): Promise<CheckedCode> {
  const { loaded } = await azureInProcess(io, folder);
  const { core, table } = loaded;
  const replayer = v3Replayer(core, table);
  return {
    replayer: { replay: (id, history) => withoutOutput(io, () => replayer.replay(id, history)) },
    has: (kind, name) => isBuiltIn(name) || table.find(kind, name) !== null,
    entity: (name) => {
      const found = table.find("entity", name);
      return found === null ? null : { name: found.name, load: (state) => state };
    },
    close: () => {},
  };
}
