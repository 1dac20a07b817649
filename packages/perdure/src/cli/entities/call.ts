import type { CommandIo } from "../command.ts";
import type { ManagementDoor } from "../management-door.ts";
import type { ENTITIES_OPTIONS } from "../option-specs.ts";
import type { OptionValues } from "../options.ts";

export type EntitiesOptions = OptionValues<typeof ENTITIES_OPTIONS>;

/** What a subcommand gets. `names`: its arguments, checked. */
export interface EntitiesCall {
  readonly io: CommandIo;
  readonly door: ManagementDoor;
  readonly options: EntitiesOptions;
  readonly names: readonly string[];
}
