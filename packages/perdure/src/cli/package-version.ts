import { readFileSync } from "node:fs";
import { packageFile } from "./package-file.ts";

export function packageVersion(): string {
  const manifest: { readonly version: string } = JSON.parse(readFileSync(packageFile("package.json"), "utf8"));
  return manifest.version;
}
