// Writes packages/perdure/api: what the package exports, for review beside the change that changed it.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { readPublicApi, snapshotFile, snapshotOf } from "./api/public-api.ts";

for (const entry of await readPublicApi()) {
  mkdirSync(dirname(snapshotFile(entry)), { recursive: true });
  writeFileSync(snapshotFile(entry), snapshotOf(entry));
}
