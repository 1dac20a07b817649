import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { CliProcess, Folder, PERDURE } from "./testing/spawn-cli.ts";

const APP = `
import { appendFileSync } from "node:fs";
import { activity, onStart, onStop } from ${JSON.stringify(PERDURE)};
const say = (line) => appendFileSync(new URL("./trace.txt", import.meta.url), line + "\\n");
export const work = activity("Work", () => {});
export const open = onStart(({ runsWorker }) => say(runsWorker ? "worker starts" : "door starts"));
export const close = onStop(async ({ runsWorker }) => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  say(runsWorker ? "worker stops" : "door stops");
});
`;

/** What the hooks of an app said in the life of a host. */
export async function lifeOf(...more: readonly string[]): Promise<string[]> {
  using folder = new Folder();
  folder.write("index.ts", APP);
  await using host = new CliProcess(["start", ".", "--port", "0", ...more], folder.path);
  await host.printed(/started in \d+ ms/);
  host.signal("SIGTERM");
  assert.equal(await host.exited, 0, host.output);
  return readFileSync(`${folder.path}/trace.txt`, "utf8").trim().split("\n");
}
