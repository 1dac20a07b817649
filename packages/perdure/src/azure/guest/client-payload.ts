import { managementPayload } from "../../http/wire/management-payload.ts";

export interface ClientPayloadParts {
  readonly taskHub: string;
  /** Origin and mount path under which the host is reached. */
  readonly origin: string;
  readonly basePath: string;
  readonly key: string | undefined;
  /** Where the library calls the host without a key, with a slash at its end; null: it uses the URLs below. */
  readonly rpcBaseUrl: string | null;
}

/** Stands for the id of an instance in the templates; the library replaces it. */
const ID = "INSTANCEID";
const CONNECTION = "Storage";

/** The value of a `durableClient` binding: where the library finds the management API, as JSON. */
export function clientPayload({ taskHub, origin, basePath, key, rpcBaseUrl }: ClientPayloadParts): string {
  const baseUrl = origin + basePath;
  const management = managementPayload(ID, { baseUrl, taskHub, connectionName: CONNECTION, key });
  const code = key === undefined ? "" : `code=${encodeURIComponent(key)}`;
  const create = `${baseUrl}/orchestrators/{functionName}[/{instanceId}]`;
  const wait = `timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}`;
  return JSON.stringify({
    taskHubName: taskHub,
    creationUrls: {
      createNewInstancePostUri: code === "" ? create : `${create}?${code}`,
      createAndWaitOnNewInstancePostUri: `${create}?${wait}${code === "" ? "" : `&${code}`}`,
    },
    managementUrls: management,
    baseUrl,
    requiredQueryStringParameters: code,
    ...(rpcBaseUrl === null ? {} : { rpcBaseUrl }),
  });
}
