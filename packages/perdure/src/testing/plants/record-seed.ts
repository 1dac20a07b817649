import { readFileSync, writeFileSync } from "node:fs";
import type { Plant } from "./plant.ts";

/** Writes into the plant's own file which seed finds it now. */
export function recordSeed({ name, seed: before }: Plant, seed: number): void {
  const file = new URL(`./${name}.ts`, import.meta.url);
  writeFileSync(
    file,
    readFileSync(file, "utf8").replace(`  seed: ${before},`, () => `  seed: ${seed},`),
  );
}
