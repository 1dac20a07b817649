import type { HubClient, RerunClient } from "../../client/types.ts";
import type { MisfitChoice } from "../../console/wire.ts";
import { errorText } from "../../telemetry/value-text.ts";
import { counted } from "../render.ts";
import type { DevLog } from "./dev-log.ts";
import type { OpenCheck } from "./open-check.ts";

export interface MisfitsParts {
  readonly client: Pick<HubClient, "terminate"> & { readonly reruns: Pick<RerunClient, "restart"> };
  readonly log: DevLog;
  /** With the code of now. */
  check(): Promise<OpenCheck>;
  /** Nothing is to be decided any more. */
  decided(): void;
}

const REASON = "perdure dev: the code was changed, and does not fit it";

/** Open instances that the code of now does not continue, until it is decided what becomes of them, or other code is loaded. */
export class Misfits {
  readonly #parts: MisfitsParts;
  #ids: readonly string[] = [];

  constructor(parts: MisfitsParts) {
    this.#parts = parts;
  }

  get ids(): readonly string[] {
    return this.#ids;
  }

  found(result: OpenCheck): void {
    this.#ids = idsOf(result);
  }

  forget(): void {
    this.#ids = [];
  }

  async decide(choice: MisfitChoice): Promise<void> {
    const { log, decided } = this.#parts;
    const asked = new Set(this.#ids);
    this.forget();
    decided();
    if (choice === "leave") {
      log.say("info", "dev.decided", "Left as they are: they continue by themselves when code that fits is loaded.", { choice });
      return;
    }
    try {
      await this.#act(choice, asked);
    } catch (error) {
      log.say("warn", "dev.decided", `Not all of them could be ${WORDS[choice]}: ${errorText(error)}`, { choice, error });
    }
  }

  /** Since they were found, one may have ended, or been started again in the console. */
  async #act(choice: Exclude<MisfitChoice, "leave">, asked: ReadonlySet<string>): Promise<void> {
    const { client, check, log } = this.#parts;
    const ids = idsOf(await check()).filter((id) => asked.has(id));
    for (const instanceId of ids) {
      if (choice === "terminate") await client.terminate({ instanceId, reason: REASON, recursive: true });
      else await client.reruns.restart({ instanceId, newInstanceId: instanceId, onExisting: "replace", reason: REASON });
    }
    const how = ids.length === 1 ? ", under the same id and with the same input" : ", under the same ids and with the same inputs";
    const message = `${counted(ids.length, "instance")} ${WORDS[choice]}${choice === "restart" ? how : ""}.`;
    log.say("info", "dev.decided", message, { choice, instances: ids.length });
  }
}

const WORDS = { restart: "restarted", terminate: "terminated" } as const;

/** An entity whose state is refused has nothing to be restarted. */
const idsOf = ({ found }: OpenCheck): readonly string[] =>
  found.flatMap(({ finding, instanceId }) => (finding.kind === "stateRefused" ? [] : [instanceId]));
