import { setTimeout as sleep } from "node:timers/promises";
import { app, type InvocationContext } from "@azure/functions";
import { BlobServiceClient } from "@azure/storage-blob";
import type { OrchestrationContext, OrchestrationHandler, Task } from "durable-functions";
import * as df from "durable-functions";

const CONTAINER = "uploads";
const CHUNK_BYTES = Number(process.env.CHUNK_BYTES ?? 1_048_576);
/** Stands for work that takes long. */
const MS_PER_LINE = Number(process.env.MS_PER_LINE ?? 0);
const REPORT_EVERY_MS = Number(process.env.REPORT_EVERY_MS ?? 5_000);

interface Upload {
  readonly name: string;
  readonly bytes: number;
  /** A word that the end of a chunk divides counts as two. */
  readonly chunkBytes: number;
}

interface Chunk {
  readonly name: string;
  readonly number: number;
  readonly from: number;
  readonly bytes: number;
}

/** Of the chunk that is being read. */
interface Progress {
  readonly chunk: number;
  readonly lines: number;
  readonly words: number;
}

interface Status {
  readonly chunks: number;
  readonly of: number;
  readonly words: number;
  readonly progress?: Progress;
}

/** Chunk by chunk: each result is a checkpoint, so nothing that was done is done again. What a chunk reports meanwhile is in the custom status. */
const processBlob: OrchestrationHandler = function* (context: OrchestrationContext) {
  const { name, bytes, chunkBytes } = context.df.getInput<Upload>();
  const of = Math.ceil(bytes / chunkBytes);
  let words = 0;
  let report = context.df.waitForExternalEvent("Progress");
  for (let number = 0; number < of; number++) {
    const from = number * chunkBytes;
    const chunk: Chunk = { name, number, from, bytes: Math.min(chunkBytes, bytes - from) };
    const counted = context.df.callActivityWithRetry("CountWords", new df.RetryOptions(1_000, 5), chunk);
    for (;;) {
      const first: Task = yield context.df.Task.any([counted, report]);
      if (first === counted) break;
      const status: Status = { chunks: number, of, words, progress: report.result as Progress };
      context.df.setCustomStatus(status);
      report = context.df.waitForExternalEvent("Progress");
    }
    const more: number = yield counted; // it throws what the chunk has failed with
    words += more;
    const status: Status = { chunks: number + 1, of, words };
    context.df.setCustomStatus(status);
  }
  return { words, chunks: of };
};
df.app.orchestration("ProcessBlob", processBlob);

/** What it has done so far it reports to its orchestration: another attempt, on whatever machine, continues there. */
async function countWords(chunk: Chunk, context: InvocationContext): Promise<number> {
  const client = df.getClient(context);
  const { instanceId } = context.triggerMetadata as { instanceId: string };
  const { customStatus } = await client.getStatus(instanceId, { showInput: false });
  const { progress } = (customStatus ?? {}) as Partial<Status>;
  let { lines, words } = progress?.chunk === chunk.number ? progress : { lines: 0, words: 0 };
  if (lines > 0) context.log(`Chunk ${chunk.number} continues after line ${lines}.`);
  let reported = Date.now();
  for (const line of (await textOf(chunk)).split("\n").slice(lines)) {
    if (MS_PER_LINE > 0) await sleep(MS_PER_LINE);
    words += line.split(/\s+/).filter((word) => word !== "").length;
    lines += 1;
    if (Date.now() - reported < REPORT_EVERY_MS) continue;
    reported = Date.now();
    await client.raiseEvent(instanceId, "Progress", { chunk: chunk.number, lines, words });
  }
  return words;
}
df.app.activity("CountWords", { extraInputs: [df.input.durableClient()], handler: countWords });

async function textOf({ name, from, bytes }: Chunk): Promise<string> {
  const service = BlobServiceClient.fromConnectionString(process.env.AzureWebJobsStorage ?? "");
  const blob = service.getContainerClient(CONTAINER).getBlobClient(name);
  return (await blob.downloadToBuffer(from, bytes)).toString("utf8");
}

/** A new version of a blob is another upload; the same one again starts nothing twice. */
app.storageBlob("Upload", {
  path: `${CONTAINER}/{name}`,
  connection: "AzureWebJobsStorage",
  extraInputs: [df.input.durableClient()],
  handler: async (blob, context) => {
    const { name, properties } = context.triggerMetadata as { name: string; properties: { eTag: string } };
    const client = df.getClient(context);
    const instanceId = `${name.replace(/[^\w.-]/g, "_")}-${properties.eTag.replace(/\W/g, "")}`;
    const known = await client.getStatus(instanceId).catch(() => null);
    if (known !== null) return;
    const input: Upload = { name, bytes: (blob as Buffer).length, chunkBytes: CHUNK_BYTES };
    await client.startNew("ProcessBlob", { instanceId, input });
  },
});
