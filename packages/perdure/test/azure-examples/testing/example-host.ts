import { join } from "node:path";
import { after, before } from "node:test";
import { ROOT } from "../../../../../scripts/lib/paths.ts";
import { Folder } from "../../../src/cli/testing/spawn-cli.ts";
import { exampleFolder } from "../../azure/testing/azure-folder.ts";
import { AzureHost } from "../../azure/testing/azure-host.ts";

/** `main`: other entry files than its own. */
export interface ExampleOptions {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly main?: string;
}

export interface Example {
  readonly host: AzureHost;
  /** Where its store is. */
  readonly folder: string;
}

/** One host of an example for all tests of a file. What has to be built is built in a folder of its own. */
export function exampleHost(name: string, { args = [], env = {}, main }: ExampleOptions = {}): () => Example {
  let folder: Folder | null = null;
  let host: AzureHost | null = null;
  before(async () => {
    const isBuilt = BUILT.includes(name);
    folder = isBuilt ? exampleFolder(name, main) : new Folder();
    host = await AzureHost.start(isBuilt ? "." : join(ROOT, "examples/azure", name), folder.path, args, env);
  });
  after(async () => {
    await host?.[Symbol.asyncDispose]();
    folder?.[Symbol.dispose]();
  });
  return () => {
    if (host === null || folder === null) throw new Error("it has not started");
    return { host, folder: folder.path };
  };
}

const BUILT = ["typescript", "large-messages", "blob-processing"];

export const JSON_TYPE = { "Content-Type": "application/json" };

export const postJson = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: "POST", headers: JSON_TYPE, body: JSON.stringify(body) });

/** Starts an instance by an HTTP function, and waits for its end. */
export async function run(host: AzureHost, path: string, input: unknown): ReturnType<AzureHost["ended"]> {
  const { statusQueryGetUri = "" } = await host.started(path, { method: "POST", headers: JSON_TYPE, body: JSON.stringify(input) });
  return host.ended(statusQueryGetUri);
}

/** Lines of its log, as data. */
export const logOf = ({ output }: AzureHost): readonly { readonly [field: string]: unknown }[] =>
  output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as { readonly [field: string]: unknown });
