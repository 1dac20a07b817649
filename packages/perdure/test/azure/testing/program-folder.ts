import type { Folder } from "../../../src/cli/testing/spawn-cli.ts";
import { azureFolder } from "./azure-folder.ts";
import type { Release } from "./releases.ts";

/** Between attempts, and until timers fire, as a part of what programs say. */
const PACE = 0.05;

/** An attempt that was killed counts too: what the activity gives does not depend on how many there were. */
const CODE = `
import { appendFileSync, statSync } from "node:fs";
import { app } from "@azure/functions";
import * as df from "durable-functions";
import { registerPrograms } from ${JSON.stringify(new URL("./program-app.ts", import.meta.url).href)};

registerPrograms(df, { origin: process.env.WORK_ORIGIN, pace: ${PACE} });
df.app.activity("echo", { handler: (value) => value });
df.app.activity("fail", { handler: (number) => { throw new Error("number " + number); } });
df.app.activity("flaky", {
  handler: ({ of, index, attempts, succeedsAt }) => {
    const ledger = new URL("../runs/" + encodeURIComponent(of + " " + index), import.meta.url);
    appendFileSync(ledger, "x");
    if (succeedsAt > attempts || statSync(ledger).size < succeedsAt) throw new Error("not yet");
    return { index };
  },
});
app.http("Begin", {
  route: "begin/{id}", methods: ["POST"], extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const { id } = request.params;
    await df.getClient(context).startNew("program", { instanceId: id, input: await request.json() });
    return { status: 202, body: id };
  },
});
`;

/** The app that runs programs, as a folder of its own. */
export function programFolder(sdk: Release): Folder {
  const folder = azureFolder({ sdk, files: { "src/app.mjs": CODE }, manifest: { main: "src/app.mjs" } });
  folder.write("runs/.keep", "");
  return folder;
}
