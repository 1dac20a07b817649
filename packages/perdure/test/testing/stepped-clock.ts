// Loaded before a host (`--import stepped-clock.ts?FILE`), on each of its threads: its system clock is as many milliseconds off as the file says.
import { readFileSync } from "node:fs";

const READ_EVERY_MS = 5;
const file = decodeURIComponent(new URL(import.meta.url).search.slice(1));
const { now } = Date;
let offset = 0;
let readAt = Number.NEGATIVE_INFINITY;

Date.now = () => {
  const at = performance.now();
  if (at - readAt >= READ_EVERY_MS) {
    readAt = at;
    offset = Number(readFileSync(file, "utf8")) || 0;
  }
  return now() + offset;
};
