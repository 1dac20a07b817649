/** As Durable Functions names them: with the version behind, where there is one. */
export const spanName = (kind: "create_orchestration" | "orchestration" | "activity", name: string, version: string | null): string =>
  version === null ? `${kind}:${name}` : `${kind}:${name}@(${version})`;
