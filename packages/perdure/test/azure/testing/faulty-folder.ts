import type { Folder } from "../../../src/cli/testing/spawn-cli.ts";
import { azureFolder } from "./azure-folder.ts";
import type { Release } from "./releases.ts";

/** The functions of the native one beside it, by the same names. */
const CODE = `
import { setTimeout as pause } from "node:timers/promises";
import { appendFileSync } from "node:fs";
import { app } from "@azure/functions";
import * as df from "durable-functions";
import { faults } from ${JSON.stringify(new URL("../../app-threads/testing/faults.ts", import.meta.url).href)};

df.app.activity("increment", { handler: (n) => n + 1 });
df.app.activity("faulty", { handler: async ({ fault, gate }) => { await faults[fault](gate); return "survived"; } });
df.app.activity("plainly faulty", { handler: ({ fault, gate }) => { faults[fault](gate); } });
df.app.activity("limited", { handler: () => faults["loop for ever"]() });
df.app.activity("slow", { handler: async (ms) => { await pause(ms); return ms; } });
df.app.orchestration("quick", function* (context) {
  let sum = 0;
  for (let i = 0; i < 5; i++) sum = yield context.df.callActivity("increment", sum);
  return sum;
});
df.app.orchestration("calls-faulty", function* (context) { return yield context.df.callActivity("faulty", context.df.getInput()); });
df.app.orchestration("calls-plainly-faulty", function* (context) {
  yield context.df.callActivity("plainly faulty", context.df.getInput());
  return "survived";
});
df.app.orchestration("calls-limited", function* (context) { yield context.df.callActivity("limited"); });
df.app.orchestration("calls-slow", function* (context) { return yield context.df.callActivity("slow", context.df.getInput()); });
df.app.orchestration("is-faulty", function* (context) {
  const { fault, gate } = context.df.getInput();
  yield context.df.callActivity("increment", 0);
  faults[fault](gate);
  return "survived";
});
df.app.entity("fragile", (context) => {
  if (context.df.operationName === "add") {
    const count = context.df.getState(() => 0) + 1;
    context.df.setState(count);
    context.df.return(count);
  } else {
    const { fault, gate } = context.df.getInput();
    faults[fault](gate);
  }
});
df.app.orchestration("calls-fragile", function* (context) {
  const { key = "a" } = context.df.getInput();
  yield context.df.callEntity(new df.EntityId("fragile", key), "fail", context.df.getInput());
  return "survived";
});
df.app.orchestration("adds", function* (context) {
  return yield context.df.callEntity(new df.EntityId("fragile", context.df.getInput()), "add");
});
app.http("fault", { authLevel: "anonymous", handler: async ({ query }) => {
  await faults[query.get("is")](query.get("gate") ?? undefined);
  return { body: "survived" };
} });
app.http("hello", { authLevel: "anonymous", handler: async ({ query }) => {
  appendFileSync(query.get("notes"), query.get("id") + "\\n");
  return { body: "hello" };
} });
`;

export const faultyFolder = (sdk: Release): Folder =>
  azureFolder({ sdk, files: { "src/app.mjs": CODE }, manifest: { main: "src/app.mjs" } });
