import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";
import type { Plant } from "./plant.ts";

const SOURCES = new URL("../../", import.meta.url);

/** Why a plant can no longer be put in, or null when it can. */
export function plantProblem(plant: Plant): string | null {
  const file = new URL(plant.file, SOURCES);
  let found: number;
  try {
    found = readFileSync(fileURLToPath(file), "utf8").split(plant.search).length - 1;
  } catch {
    return `plant "${plant.name}": there is no file ${plant.file}`;
  }
  if (found === 1) return null;
  return `plant "${plant.name}": its text stands ${found} times in ${plant.file}, expected once. Bring the plant up to date: ${JSON.stringify(plant.search)}`;
}

/** From now on this process loads the planted line; the file stays as it is. To be called before the file is imported. */
export function applyPlant(plant: Plant): void {
  const problem = plantProblem(plant);
  if (problem !== null) throw new Error(problem);
  const target = new URL(plant.file, SOURCES).href;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url !== target) return loaded;
      const source = typeof loaded.source === "string" ? loaded.source : new TextDecoder().decode(loaded.source as Uint8Array);
      return { ...loaded, source: source.replace(plant.search, () => plant.replace) };
    },
  });
}
