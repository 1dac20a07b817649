import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { azureFolder } from "./testing/azure-folder.ts";
import { AzureHost } from "./testing/azure-host.ts";

/** What TypeScript takes and Node alone does not, as apps have it whose output is CommonJS. */
const ORDERS = `
import { app, HttpRequest, HttpResponseInit, InvocationContext } from "@azure/functions";
import * as df from "durable-functions";
import { OrchestrationContext } from "durable-functions";
import { Prices } from "@shop/prices";
import { Colour } from "../colours.js";
import folders = require("../folders");

df.app.orchestration("Order", function* (context: OrchestrationContext) {
  const price: number = yield context.df.callActivity("Price", Colour.Red);
  const failed: string = yield context.df.callActivity("Fail");
  return [price, Colour[Colour.Red], folders.own, failed];
});
const prices = new Prices(20);
df.app.activity("Price", { handler: (colour: Colour): number => prices.of(colour) });

interface Failure {
  readonly message: string;
}

df.app.activity("Fail", {
  handler: (): string => {
    try {
      throw new RangeError("on purpose" satisfies Failure["message"]);
    } catch (error) {
      return String((error as Error).stack);
    }
  },
});

app.http("Start", {
  route: "orders",
  extraInputs: [df.input.durableClient()],
  handler: async (request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> => {
    const client = df.getClient(context);
    return client.createCheckStatusResponse(request, await client.startNew("Order"));
  },
});
`;
const FAILING_LINE = ORDERS.split("\n").findIndex((line) => line.includes("throw new")) + 1;

const COLOURS = `
export enum Colour {
  Red = 1,
  Blue,
}
`;

const PRICES = `
import { Colour } from "../colours";

namespace Rates {
  export const vat = 1.5;
}

export class Prices {
  constructor(private readonly net: number) {}

  of(colour: Colour): number {
    return this.net * Rates.vat * colour;
  }
}
`;

const FOLDERS = `
import path from "node:path";
const folders = { own: path.basename(__dirname) };
export = folders;
`;

const TS_CONFIG = `{
  // As apps share it.
  "extends": ["./tsconfig.base.json"],
  "compilerOptions": { "strict": true, },
}`;

const SHARED = { compilerOptions: { module: "commonjs", target: "es6", esModuleInterop: true, paths: { "@shop/*": ["./src/shop/*"] } } };

test("entry files in TypeScript are compiled as tsc would: enums, namespaces, fields of parameters, paths, CommonJS; errors have their lines", async () => {
  using folder = azureFolder({
    files: {
      "src/functions/orders.ts": ORDERS,
      "src/colours.ts": COLOURS,
      "src/colours.js": "throw new Error('an old output');",
      "src/shop/prices.ts": PRICES,
      "src/folders/index.ts": FOLDERS,
      "tsconfig.json": TS_CONFIG,
      "tsconfig.base.json": JSON.stringify(SHARED),
    },
    manifest: { main: "src/functions/*.ts" },
  });
  await using host = await AzureHost.start(".", folder.path, ["--store", "memory:"]);
  await host.printed(/"event":"app\.note".*TypeScript is compiled by esbuild \d+\.\d+\.\d+\./);
  const { statusQueryGetUri = "" } = await host.started("/api/orders");
  const output = (await host.ended(statusQueryGetUri)).output as readonly unknown[];
  assert.deepEqual(output.slice(0, 3), [30, "Red", "folders"]);
  assert.match(
    String(output[3]),
    new RegExp(`^RangeError: on purpose\\n {4}at .*${join("src", "functions", "orders.ts")}:${FAILING_LINE}:13`),
  );
  assert.equal(await host.stopped(), 0);
});
