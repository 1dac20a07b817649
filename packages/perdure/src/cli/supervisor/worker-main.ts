import { enableCompileCache } from "node:module";

// As in ../main.ts: compiled code of earlier runs is kept by Node.
enableCompileCache();
const { runWorker } = await import("./run-worker.ts");

await runWorker();
