import { StoreRefusalError } from "../../../store/errors.ts";

/** SQLite keeps UTF-8: a lone surrogate would become another id, perhaps another instance's. */
export function checkId(instanceId: string): void {
  if (instanceId.isWellFormed()) return;
  throw new StoreRefusalError({ kind: "refusedData", detail: `the instance id ${JSON.stringify(instanceId)} is not well-formed Unicode` });
}
