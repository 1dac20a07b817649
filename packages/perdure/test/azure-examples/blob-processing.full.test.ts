import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { BlobServiceClient } from "@azure/storage-blob";
import { runCommand } from "../../src/cli/testing/run-command.ts";
import { until } from "../../src/process/testing/until.ts";
import { exampleFolder } from "../azure/testing/azure-folder.ts";
import type { Status } from "../azure/testing/azure-host.ts";
import { AzureHost } from "../azure/testing/azure-host.ts";
import type { Azurite } from "../azure-storage/testing/azurite.ts";
import { startAzurite } from "../azure-storage/testing/azurite.ts";
import { logOf } from "./testing/example-host.ts";

const LIMIT_MS = 120_000;

let azurite: Azurite;
before(async () => {
  azurite = await startAzurite();
});
after(() => azurite.stop());

/** Lines of exactly 20 bytes, so that chunks end where lines do. */
const textOf = (lines: number): string => Array.from({ length: lines }, (_, n) => `one two three ${String(n).padStart(5, "0")}\n`).join("");

async function upload(name: string, text: string): Promise<void> {
  const container = BlobServiceClient.fromConnectionString(azurite.connection).getContainerClient("uploads");
  await container.createIfNotExists();
  await container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text));
}

interface Settings {
  readonly linesOfChunk: number;
  readonly msPerLine: number;
  readonly functionTimeout: string;
}

const start = (folder: string, { linesOfChunk, msPerLine, functionTimeout }: Settings) =>
  AzureHost.start(".", folder, [], {
    AzureWebJobsStorage: azurite.connection,
    CHUNK_BYTES: `${20 * linesOfChunk}`,
    MS_PER_LINE: `${msPerLine}`,
    REPORT_EVERY_MS: "100",
    AzureFunctionsJobHost__functionTimeout: functionTimeout,
    AzureFunctionsJobHost__extensions__queues__maxPollingInterval: "00:00:00.200",
  });

interface Progress {
  readonly chunk: number;
  readonly lines: number;
}

interface Custom {
  readonly progress?: Progress;
}

/** Of the only instance whose id begins so; null: there is none yet. */
async function found(host: AzureHost, prefix: string): Promise<Status | null> {
  const answer = await fetch(`${host.management}/instances?instanceIdPrefix=${prefix}`);
  const all = (await answer.json()) as readonly Status[];
  assert.ok(all.length <= 1, `${all.length} instances`);
  return all[0] ?? null;
}

async function ended(host: AzureHost, prefix: string): Promise<Status> {
  const { instanceId } = await until(`the instance of ${prefix}`, () => found(host, prefix), LIMIT_MS);
  return host.ended(`${host.management}/instances/${instanceId}?showHistory=true`);
}

interface HistoryLine {
  readonly EventType: string;
  readonly FunctionName?: string;
  readonly Input?: string;
}

const chunksIn = ({ historyEvents = [] }: Status) =>
  (historyEvents as readonly HistoryLine[])
    .filter(({ EventType, FunctionName }) => EventType === "TaskCompleted" && FunctionName === "CountWords")
    .map(({ Input = "" }) => (JSON.parse(Input) as { readonly number: number }).number);

test("kill -9 in the middle: it continues from the last checkpoint and from what the chunk has reported, no chunk is done twice, and a checkpoint can be chosen", async () => {
  using folder = exampleFolder("blob-processing");
  await upload("book.txt", textOf(80));
  const settings = { linesOfChunk: 10, msPerLine: 300, functionTimeout: "00:04:00" };
  let seen: Progress;
  {
    await using host = await start(folder.path, settings);
    seen = await until(
      "progress of a chunk behind the first",
      async () => {
        const instance = await found(host, "book.txt-");
        if (instance !== null) assert.match(instance.runtimeStatus, /Pending|Running/, String(instance.output));
        const custom = (instance?.customStatus ?? null) as Custom | null;
        return custom?.progress !== undefined && custom.progress.chunk > 0 ? custom.progress : null;
      },
      LIMIT_MS,
    );
  } // killed
  // What is left takes longer than a function may.
  await using host = await start(folder.path, { ...settings, msPerLine: 50, functionTimeout: "00:00:03" });
  const done = await ended(host, "book.txt-");
  assert.deepEqual([done.runtimeStatus, done.output], ["Completed", { words: 320, chunks: 8 }]);
  assert.deepEqual(done.customStatus, { chunks: 8, of: 8, words: 320 });
  assert.deepEqual(chunksIn(done), [0, 1, 2, 3, 4, 5, 6, 7]);
  const [, line] = new RegExp(`Chunk ${seen.chunk} continues after line (\\d+)`).exec(host.output) ?? [];
  assert.ok(Number(line) >= seen.lines && Number(line) < settings.linesOfChunk, `line ${line}`);

  // From behind its first chunk: as an operator finds it in perdure history.
  const history = await runCommand(["history", done.instanceId, "--json", "--url", host.url]);
  assert.equal(history.code, 0, history.err);
  const lines = JSON.parse(history.out) as readonly (HistoryLine & { readonly Episode: number })[];
  const checkpoint = lines.find(({ EventType, FunctionName }) => EventType === "TaskCompleted" && FunctionName === "CountWords")?.Episode;
  const fork = await runCommand(["fork", done.instanceId, "--checkpoint", `${checkpoint}`, "--id", "once-more", "--url", host.url]);
  assert.equal(fork.code, 0, fork.err);
  const forked = await host.ended(`${host.management}/instances/once-more?showHistory=true`);
  assert.deepEqual([forked.runtimeStatus, forked.output], ["Completed", { words: 320, chunks: 8 }]);
  assert.deepEqual(chunksIn(forked), [0, 1, 2, 3, 4, 5, 6, 7]);
  const again = logOf(host).filter(({ instanceId, event }) => instanceId === "once-more" && event === "activity.completed");
  assert.equal(again.length, 7); // the first chunk is that of the original

  await upload("short.txt", "just a few words\n");
  assert.deepEqual((await ended(host, "short.txt-")).output, { words: 4, chunks: 1 });
  await upload("empty.txt", "");
  assert.deepEqual((await ended(host, "empty.txt-")).output, { words: 0, chunks: 0 });
  assert.equal(await host.stopped(), 0);
});

test("a chunk that takes longer than a function may: its next attempt continues with what the one before has reported", async () => {
  using folder = exampleFolder("blob-processing");
  await using host = await start(folder.path, { linesOfChunk: 20, msPerLine: 60, functionTimeout: "00:00:01" });
  await upload("slow.txt", textOf(20));
  const done = await ended(host, "slow.txt-");
  assert.deepEqual([done.runtimeStatus, done.output], ["Completed", { words: 80, chunks: 1 }]);
  const failed = (done.historyEvents as readonly (HistoryLine & { readonly Reason?: string })[]).filter(
    ({ EventType }) => EventType === "TaskFailed",
  );
  assert.match(failed[0]?.Reason ?? "", /Timeout value of 1 s.* was exceeded by function: Functions\.CountWords/);
  await host.printed(/Chunk 0 continues after line \d+/);
});
