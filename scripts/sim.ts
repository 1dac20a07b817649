// `npm run sim`: the deterministic simulator (packages/perdure/src/testing/sim-main.ts says what it can do).
import { simMain } from "../packages/perdure/src/testing/sim-main.ts";

process.exitCode = await simMain(process.argv.slice(2), (line) => console.log(line));
