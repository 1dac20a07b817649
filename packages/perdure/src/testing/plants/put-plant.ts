// For `node --import`: puts in the plant that the query names, in this process and in each of its threads.

import { PLANTS } from "./all-plants.ts";
import { applyPlant } from "./apply-plant.ts";

const name = new URL(import.meta.url).search.slice(1);
const plant = PLANTS.find((one) => one.name === name);
if (plant === undefined) throw new Error(`There is no plant "${name}"`);
applyPlant(plant);
