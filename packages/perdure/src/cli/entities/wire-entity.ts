import { CONTINUATION } from "../../http/wire/continuation.ts";
import type { ManagementDoor } from "../management-door.ts";
import { checkStatus, readJson } from "../wire.ts";

/** An entity of the management API, with details. Times are ISO 8601. */
export interface WireEntity {
  readonly entityId: { readonly name: string; readonly key: string };
  readonly lastOperationTime: string;
  readonly state?: unknown;
  readonly details: {
    readonly exists: boolean;
    readonly lockedBy: { readonly instanceId: string; readonly since: string } | null;
    readonly held: number;
    readonly lastFailure: { readonly operation: string; readonly message: string; readonly at: string } | null;
    readonly stopped: { readonly code: string; readonly message: string } | null;
  };
}

const LONGEST_PAGE = 1_000;

/** All that there are, page by page. */
export async function* entitiesOf(
  door: ManagementDoor,
  name: string | undefined,
  query: { readonly [name: string]: string | undefined },
): AsyncGenerator<WireEntity> {
  let token: string | null = null;
  do {
    const response = await door.send({
      method: "GET",
      path: name === undefined ? "/entities" : `/entities/${encodeURIComponent(name)}`,
      query: { showDetails: "true", top: String(LONGEST_PAGE), ...query },
      headers: token === null ? {} : { [CONTINUATION]: token },
    });
    await checkStatus(response, "The list", [200]);
    yield* await readJson<readonly WireEntity[]>(response);
    token = response.headers.get(CONTINUATION) || null;
  } while (token !== null);
}
