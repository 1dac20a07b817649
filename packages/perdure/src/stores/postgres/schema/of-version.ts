/** A condition on an instance `i`. `versions`: a JSON array of those that are taken, `null` in it for none at all; null: any. */
export const ofVersion = (versions: string): string =>
  `(${versions} IS NULL OR ${versions}::jsonb @> coalesce(to_jsonb(i.orchestration_version), 'null'))`;
