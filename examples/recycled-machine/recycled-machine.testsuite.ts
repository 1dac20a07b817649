import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { runCommand } from "../../packages/perdure/src/cli/testing/run-command.ts";
import { CliProcess } from "../../packages/perdure/src/cli/testing/spawn-cli.ts";
import { Folder } from "../lib/folder.ts";
import type { StartBody, StatusBody } from "../lib/test-host.ts";
import { bodyOf, postJson, untilEnded } from "../lib/test-host.ts";

const APP = fileURLToPath(new URL(".", import.meta.url));

/** The worker process that began the first scene of this film is killed; what it was is in the log. */
async function killWhoeverRenders(host: CliProcess, id: string): Promise<number> {
  const [, number] = await host.printed(new RegExp(`"event":"activity.scheduled","workerNumber":(\\d+),"instanceId":"${id}"`));
  const worker = host.workers().findLast((one) => one.number === Number(number));
  assert.ok(worker !== undefined);
  process.kill(worker.pid, "SIGKILL");
  return worker.pid;
}

async function scenesInHistory(statusUrl: string): Promise<Readonly<Record<string, number>>> {
  const { historyEvents = [] } = await bodyOf<StatusBody>(await fetch(`${statusUrl}&showHistory=true`));
  const counts: Record<string, number> = {};
  for (const { EventType } of historyEvents) counts[EventType] = (counts[EventType] ?? 0) + 1;
  return counts;
}

/** Any store that processes share. */
export async function recycle(store: string, workers: number): Promise<void> {
  using folder = new Folder();
  await using host = new CliProcess(["start", APP, "--workers", String(workers), "--port", "0", "--store", store], folder.path);
  const [, url] = await host.printed(/StartFilm: \[POST\] (\S+)"/);
  await host.printed(/started in \d+ ms/);
  const films = [
    { title: "Nosferatu", scenes: 3, seconds: 0.2 },
    { title: "The Lost World", scenes: 1, seconds: 0.3 },
  ];
  const started: StartBody[] = [];
  for (const film of films) started.push(await bodyOf<StartBody>(await postJson(url ?? "", film)));
  const killed = await killWhoeverRenders(host, started[0]?.id ?? "");

  const outputs: unknown[] = [];
  for (const [index, { statusQueryGetUri }] of started.entries()) {
    const status = await untilEnded(statusQueryGetUri);
    assert.equal(status.runtimeStatus, "Completed");
    outputs.push(status.output);
    const events = await scenesInHistory(statusQueryGetUri);
    const scenes = films[index]?.scenes;
    assert.deepEqual([events.ExecutionStarted, events.TaskCompleted, events.ExecutionCompleted], [1, scenes, 1]);
  }
  assert.deepEqual(outputs, [
    { title: "Nosferatu", files: ["nosferatu-1.mp4", "nosferatu-2.mp4", "nosferatu-3.mp4"] },
    { title: "The Lost World", files: ["the-lost-world-1.mp4"] },
  ]);
  await host.printed(new RegExp(`"event":"worker-process.died","workerNumber":\\d,"pid":${killed},`));
  host.signal("SIGTERM");
  assert.equal(await host.exited, 0);
  const verified = await runCommand(["verify", store]);
  assert.equal(verified.code, 0, verified.out + verified.err);
}
