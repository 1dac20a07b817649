import assert from "node:assert/strict";
import { test } from "node:test";
import { azureFolder } from "./testing/azure-folder.ts";
import { AzureHost } from "./testing/azure-host.ts";
import { report } from "./testing/check.ts";

const APP = `
import { app, HttpResponseInit } from "@azure/functions";

interface Answer extends HttpResponseInit {
  readonly jsonBody: { readonly turns: number };
}

enum Step {
  One = 1,
}

function loops(): Answer {
  let turns = 0;
  for (const end = Date.now() + 4_000; Date.now() < end; ) turns += Step.One;
  return { jsonBody: { turns } };
}

app.get("Loop", { handler: loops });
`;
const LOOP = APP.split("\n").findIndex((line) => line.includes("turns += ")) + 1;

test("the line that holds a thread is that of the TypeScript source", async () => {
  using folder = azureFolder({ files: { "src/functions/loop.ts": APP }, manifest: { main: "src/functions/*.ts" } });
  await using host = await AzureHost.start(".", folder.path, ["--store", "memory:"]);
  const { turns } = (await (await fetch(`${host.url}/api/Loop`)).json()) as { readonly turns: number };
  assert.ok(turns > 0);
  await host.printed(new RegExp(`"event":"thread\\.held".*loops \\(.*loop\\.ts:${LOOP}\\)`));
  assert.equal(await host.stopped(), 0);
});

const MODULE = `
import { app, HttpResponseInit } from "@azure/functions";
import { Colour } from "#colours";
import type { Answer } from "./answer.js";
import { answerOf } from "./answer.js";

const lazily = await import("./later.js");
const { own } = lazily;
app.get(\`Read\${Colour[Colour.Red]}\${own}\`, { handler: (): HttpResponseInit => ({ jsonBody: answerOf("x") satisfies Answer }) });
`;

test("an app that is a module stays one: imports by the names of the output, top-level await", async () => {
  using folder = azureFolder({
    files: {
      "src/functions.mts": MODULE,
      "src/answer.ts": "export interface Answer { text: string }\nexport const answerOf = (text: string): Answer => ({ text });",
      "src/later.ts": "export const own = import.meta.dirname.endsWith('src');",
      "src/colours.ts": "export enum Colour {\n  Red = 1,\n}\n",
    },
    manifest: { type: "module", main: "src/functions.mts", imports: { "#colours": "./src/colours.ts" } },
  });
  const { http, notes, problems } = await report(folder.path);
  assert.deepEqual([http.map(({ name }) => name), problems], [["ReadRedtrue"], []]);
  assert.match(notes.join("\n"), /TypeScript is compiled by esbuild/);
});
