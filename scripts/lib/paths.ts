import { fileURLToPath } from "node:url";

/** Absolute path of the repository root, without a trailing slash. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/** Absolute path of the published package. */
export const PACKAGE = `${ROOT}/packages/perdure`;
