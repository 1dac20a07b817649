/** What a connection of a binding leads to: a text with a key, or an address that is used with an identity. */
export type Connection =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "identity"; readonly address: string; readonly identity: Identity };

export type Service = "queue" | "blob" | "serviceBus";

export interface Identity {
  readonly isManaged: boolean;
  readonly clientId: string | null;
  readonly tenantId: string | null;
  readonly clientSecret: string | null;
}

type Variables = { readonly [name: string]: string | undefined };

/** Settings with an address, below the name of a connection, as `NAME__queueServiceUri`. */
const ADDRESSES = {
  queue: ["queueServiceUri", "serviceUri"],
  blob: ["blobServiceUri", "serviceUri"],
  serviceBus: ["fullyQualifiedNamespace"],
} as const;

/** Null: no setting has it. */
export function connectionOf(service: Service, name: string, variables: Variables): Connection | null {
  for (const one of [name, `AzureWebJobs${name}`, `ConnectionStrings:${name}`]) {
    const text = variables[one];
    if (text !== undefined && text !== "") return { kind: "text", text };
  }
  for (const one of [name, `AzureWebJobs${name}`]) {
    const below = settingsBelow(one, variables);
    const address = addressOf(service, below);
    if (address === null) continue;
    const identity: Identity = {
      isManaged: below("credential")?.toLowerCase() === "managedidentity",
      clientId: below("clientId"),
      tenantId: below("tenantId"),
      clientSecret: below("clientSecret"),
    };
    return { kind: "identity", address, identity };
  }
  return null;
}

type Below = (key: string) => string | null;

/** By both ways to write them; without case, as in .NET. */
function settingsBelow(name: string, variables: Variables): Below {
  const wanted = [`${name}__`, `${name}:`].map((prefix) => prefix.toLowerCase());
  const found = new Map<string, string>();
  for (const [setting, text] of Object.entries(variables)) {
    const prefix = wanted.find((one) => setting.toLowerCase().startsWith(one));
    if (prefix !== undefined && text !== undefined && text !== "") found.set(setting.slice(prefix.length).toLowerCase(), text);
  }
  return (key) => found.get(key.toLowerCase()) ?? null;
}

function addressOf(service: Service, below: Below): string | null {
  for (const key of ADDRESSES[service]) {
    const address = below(key);
    if (address !== null) return address;
  }
  const account = service === "serviceBus" ? null : below("accountName");
  return account === null ? null : `https://${account}.${service}.core.windows.net`;
}

/** The class of `@azure/identity` for an identity, and what its constructor is given. */
export function credentialOf({ isManaged, clientId, tenantId, clientSecret }: Identity): {
  readonly className: string;
  readonly given: readonly unknown[];
} {
  if (isManaged) return { className: "ManagedIdentityCredential", given: [clientId === null ? {} : { clientId }] };
  if (tenantId !== null && clientId !== null && clientSecret !== null)
    return { className: "ClientSecretCredential", given: [tenantId, clientId, clientSecret] };
  return { className: "DefaultAzureCredential", given: [clientId === null ? {} : { managedIdentityClientId: clientId }] };
}
