import { readFileSync } from "node:fs";

/** Both in the sources and in the build (`dist/lib`) this file stands two folders below package.json. */
export function packageVersion(): string {
  const manifest: { readonly version: string } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return manifest.version;
}
