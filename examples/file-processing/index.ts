import { createReadStream, createWriteStream, mkdirSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { activity, http, orchestrator } from "perdure";

const FOLDER = process.env.UPLOADS ?? "uploads";
const CHUNK_BYTES = Number(process.env.CHUNK_BYTES ?? 1_048_576);
/** Stands for work that takes long. */
const MS_PER_LINE = Number(process.env.MS_PER_LINE ?? 0);

interface Chunk {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

interface Progress {
  readonly lines: number;
  readonly words: number;
}

export const splitFile = activity("SplitFile", async (path: string): Promise<readonly Chunk[]> => {
  const { size } = await stat(path);
  const count = Math.ceil(size / CHUNK_BYTES);
  return Array.from({ length: count }, (_, n) => ({ path, from: n * CHUNK_BYTES, to: Math.min(size, (n + 1) * CHUNK_BYTES) }));
});

/** What it has done so far is in its heartbeats: another attempt, on whatever machine, continues there. */
export const countWords = activity("CountWords", async ({ path, from, to }: Chunk, ctx) => {
  const before = (ctx.progress as Progress | undefined) ?? { lines: 0, words: 0 };
  if (before.lines > 0) ctx.log.info(`continues after line ${before.lines}`, { from });
  let { lines, words } = { lines: 0, words: before.words };
  for await (const line of createInterface({ input: createReadStream(path, { start: from, end: to - 1, encoding: "utf8" }) })) {
    ctx.signal.throwIfAborted();
    lines += 1;
    if (lines <= before.lines) continue;
    if (MS_PER_LINE > 0) await sleep(MS_PER_LINE);
    words += line.split(/\s+/).filter((word) => word !== "").length;
    ctx.heartbeat({ lines, words });
  }
  return words;
});

/** Chunk by chunk: each result is a checkpoint, so nothing that was done is done again. */
export const processFile = orchestrator("ProcessFile", async (ctx, path: string) => {
  const chunks = await ctx.callActivity(splitFile, path);
  let words = 0;
  for (const [n, chunk] of chunks.entries()) {
    words += await ctx.callActivity(countWords, chunk);
    ctx.setCustomStatus({ chunks: n + 1, of: chunks.length, words });
  }
  return { words, chunks: chunks.length };
});

/** An upload starts its processing: the same name again is another upload. */
export const upload = http("Upload", { route: "files/{name}", methods: ["POST"] }, async (request, { client, params }) => {
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${Date.now()}-${basename(params.name ?? "")}`);
  await pipeline(request.body === null ? [] : Readable.fromWeb(request.body), createWriteStream(path));
  const run = await client.startNew(processFile, { input: path });
  return client.createCheckStatusResponse(request, run.instanceId);
});
