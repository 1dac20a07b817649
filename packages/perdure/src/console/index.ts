import "../require-node.ts"; // before everything else

export type { ConsoledHub, ConsoleOptions } from "./console-options.ts";
export { createConsole } from "./create-console.ts";
export type { ConsolePayloads } from "./shown-payloads.ts";
