// What only a running worker needs, half of all the code: loaded while the store opens.
export { createWorker } from "../engine/worker.ts";
export { createNativeExecutor } from "../executors/native-executor.ts";
