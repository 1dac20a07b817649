import { fileURLToPath } from "node:url";

/** Absolute path of the repository root, without a trailing slash. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/** Absolute path of the published package. */
export const PACKAGE = `${ROOT}/packages/perdure`;

/** The oldest Node that Perdure supports: a second copy of the npm package `node`, under the alias `node24`. */
export const NODE24 = `${ROOT}/node_modules/node24/bin/${process.platform === "win32" ? "node.exe" : "node"}`;
