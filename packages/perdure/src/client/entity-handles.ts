import { clientEntity } from "../functions/client-entity.ts";
import type { CleanEntitiesResult, EntityHandle, EntityInfo } from "../functions/entity-client-types.ts";
import type { InstanceId } from "../model/ids.ts";
import type { Payload, PayloadCodec } from "../model/payload.ts";
import { decodeWithin, encodeFault } from "../model/payload-limits.ts";
import { parseSignal } from "./arguments.ts";
import { parseClean, parseEntityFilter, parseEntityReason } from "./entity-arguments.ts";
import type { EntityClient, EntityList, EntityStatus } from "./entity-types.ts";

export interface EntityHandlesParts {
  readonly entities: EntityClient;
  readonly codec: PayloadCodec;
  readonly maxJsonDepth: number;
  readonly now: () => number;
}

/** The part of the typed client that speaks to entities. */
export class EntityHandles {
  readonly #parts: EntityHandlesParts;

  constructor(parts: EntityHandlesParts) {
    this.#parts = parts;
  }

  of(target: unknown, key: unknown): EntityHandle<never, never> {
    const { entities } = this.#parts;
    const { id, signal } = clientEntity(target, key, (...sent) => this.#signal(...sent));
    return {
      id,
      // Safe: every name is an operation of the group.
      signal: signal as EntityHandle<never, never>["signal"],
      state: async () => this.#decode((await entities.get(id))?.state ?? null),
      info: async () => {
        const status = await entities.get(id);
        return status === null ? null : infoOf(status);
      },
      purge: async (options) => entities.purge(id, parseEntityReason(options, "purge")),
      skip: async (options) => entities.skip(id, parseEntityReason(options, "skip")),
    };
  }

  async *query(filter: unknown): AsyncGenerator<EntityInfo> {
    const query = parseEntityFilter(filter);
    let after: InstanceId | null = null;
    do {
      const page: EntityList = await this.#parts.entities.list({ ...query, after });
      for (const status of page.entities) yield { ...infoOf(status), ...(query.withState ? { state: this.#decode(status.state) } : {}) };
      after = page.next;
    } while (after !== null);
  }

  clean(options: unknown): Promise<CleanEntitiesResult> {
    return this.#parts.entities.clean(parseClean(options));
  }

  async #signal(id: InstanceId, operation: string, value: unknown, options: unknown): Promise<void> {
    const { entities, codec, maxJsonDepth, now } = this.#parts;
    const parsed = parseSignal(options, now);
    let input: Payload | null;
    try {
      input = codec.encode(value);
    } catch (error) {
      throw encodeFault(error, `input of signal "${operation}"`, maxJsonDepth);
    }
    await entities.signal({ id, operation, input, ...parsed });
  }

  #decode(text: Payload | null): never {
    const { codec, maxJsonDepth } = this.#parts;
    // Safe: the type of a state is a promise of its definition, as everywhere.
    return (text === null ? null : decodeWithin(codec, text, maxJsonDepth)) as never;
  }
}

function infoOf({ id, name, key, exists, lastOperationTime, lock, held, lastFailure, stopped }: EntityStatus): EntityInfo {
  return {
    ...{ id, name, key, exists, lastOperationTime: new Date(lastOperationTime), waiting: held },
    lockedBy: lock === null ? null : { instanceId: lock.holder, since: new Date(lock.since) },
    lastFailure: lastFailure === null ? null : { ...lastFailure, at: new Date(lastFailure.at) },
    stopped: stopped === null ? null : { code: stopped.code, message: stopped.message },
  };
}
