import type { HttpManagementPayload } from "../../functions/client-types.ts";
import { formEncode } from "./form-encoding.ts";

/** The payload that clients are typed with. */
export type ManagementPayload = HttpManagementPayload;

export interface ManagementUrlParts {
  /** Scheme, host and base path, no slash at the end. */
  readonly baseUrl: string;
  readonly taskHub: string;
  readonly connectionName: string;
  readonly key: string | undefined;
}

/** The URLs under which one instance is managed; `{eventName}` and `{text}` are for the caller to fill in. */
export function managementPayload(id: string, parts: ManagementUrlParts): ManagementPayload {
  const instance = `${parts.baseUrl}/instances/${formEncode(id)}`;
  const code = parts.key === undefined ? "" : `&code=${formEncode(parts.key)}`;
  const query = `taskHub=${formEncode(parts.taskHub)}&connection=${formEncode(parts.connectionName)}${code}`;
  return {
    id,
    statusQueryGetUri: `${instance}?${query}`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${instance}/terminate?reason={text}&${query}`,
    rewindPostUri: `${instance}/rewind?reason={text}&${query}`,
    purgeHistoryDeleteUri: `${instance}?${query}`,
    restartPostUri: `${instance}/restart?${query}`,
    suspendPostUri: `${instance}/suspend?reason={text}&${query}`,
    resumePostUri: `${instance}/resume?reason={text}&${query}`,
  };
}
