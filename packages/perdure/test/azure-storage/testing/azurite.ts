import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const ACCOUNT = "devstoreaccount1";
/** The key of every emulator of storage: it is in the manuals. */
const KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const OPTIONS = [
  "--inMemoryPersistence",
  "--disableTelemetry",
  "--skipApiVersionCheck",
  "--blobPort",
  "0",
  "--queuePort",
  "0",
  "--tablePort",
  "0",
];
const LISTENS = /(Blob|Queue) service is successfully listening at (\S+)/;

/** Stands in for an account of storage, in a process of its own. */
export interface Azurite {
  readonly connection: string;
  stop(): Promise<void>;
}

export async function startAzurite(): Promise<Azurite> {
  const script = createRequire(import.meta.url).resolve("azurite/dist/src/azurite.js");
  const child = spawn(process.execPath, [script, ...OPTIONS], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  assert.ok(child.stdout !== null);
  const places = new Map<string, string>();
  for await (const line of createInterface({ input: child.stdout })) {
    const [, service, origin] = LISTENS.exec(line) ?? [];
    if (service !== undefined && origin !== undefined) places.set(service, `${origin}/${ACCOUNT}`);
    if (places.size === 2) break;
  }
  child.stdout.resume();
  const connection = [
    `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${KEY}`,
    `BlobEndpoint=${places.get("Blob")}`,
    `QueueEndpoint=${places.get("Queue")}`,
  ].join(";");
  return {
    connection,
    stop: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
