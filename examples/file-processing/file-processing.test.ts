import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runCommand } from "../../packages/perdure/src/cli/testing/run-command.ts";
import { CliProcess } from "../../packages/perdure/src/cli/testing/spawn-cli.ts";
import { Folder } from "../lib/folder.ts";
import type { StartBody, StatusBody } from "../lib/test-host.ts";
import { bodyOf, untilEnded } from "../lib/test-host.ts";

const APP = fileURLToPath(new URL(".", import.meta.url));

/** Lines of exactly 20 bytes, so that chunks of 400 end where lines do. */
const fileOf = (lines: number): string => Array.from({ length: lines }, (_, n) => `one two three ${String(n).padStart(5, "0")}\n`).join("");

async function start(folder: Folder, msPerLine: number): Promise<{ readonly host: CliProcess; readonly url: string }> {
  const env = { UPLOADS: folder.file("uploads"), CHUNK_BYTES: "400", MS_PER_LINE: String(msPerLine) };
  const host = new CliProcess(["start", APP, "--port", "0", "--store", `file:${folder.file("hub.db")}`], folder.path, env);
  const [, url = ""] = await host.printed(/Upload: \[POST\] (\S+)\/api\/files/);
  await host.printed(/started in \d+ ms/);
  return { host, url };
}

/** The port is another one after a restart. */
const at = (url: string, statusUrl: string): string => url + new URL(statusUrl).pathname + new URL(statusUrl).search;

test("kill -9 in the middle: it continues from the last checkpoint and from the last heartbeat, and no finished chunk is done again", async () => {
  using folder = new Folder();
  const first = await start(folder, 60);
  let statusUrl: string;
  {
    await using host = first.host;
    const response = await fetch(`${first.url}/api/files/book.txt`, { method: "POST", body: fileOf(50) });
    assert.equal(response.status, 202);
    ({ statusQueryGetUri: statusUrl } = await bodyOf<StartBody>(response));
    for (let done = 0; done < 1; ) {
      const { customStatus, runtimeStatus, output } = await bodyOf<StatusBody>(await fetch(statusUrl));
      assert.ok(runtimeStatus === "Pending" || runtimeStatus === "Running", String(output));
      done = (customStatus as { readonly chunks: number } | null)?.chunks ?? 0;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // heartbeats are stored each second
    host.signal("SIGKILL");
    await host.exited;
  }
  const second = await start(folder, 5);
  await using again = second.host;
  const { url } = second;
  const status = await untilEnded(at(url, statusUrl));
  assert.deepEqual([status.runtimeStatus, status.output], ["Completed", { words: 50 * 4, chunks: 3 }]);
  assert.deepEqual(status.customStatus, { chunks: 3, of: 3, words: 50 * 4 });
  const [, line] = await again.printed(/continues after line (\d+)/);
  assert.ok(Number(line) > 0 && Number(line) < 20);
  const { historyEvents = [] } = await bodyOf<StatusBody>(await fetch(`${at(url, statusUrl)}&showHistory=true`));
  const done = historyEvents.filter(({ EventType, FunctionName }) => EventType === "TaskCompleted" && FunctionName === "CountWords");
  assert.equal(done.length, 3);

  const fork = await runCommand(["fork", status.instanceId, "--checkpoint", "3", "--id", "once-more", "--url", url]);
  assert.equal(fork.code, 0, fork.err);
  const forked = await untilEnded(`${url}/runtime/webhooks/durabletask/instances/once-more`);
  assert.deepEqual([forked.runtimeStatus, forked.output], ["Completed", { words: 50 * 4, chunks: 3 }]);
  // The split and the first chunk are those of the original.
  assert.equal([...again.output.matchAll(/"event":"activity\.completed","instanceId":"once-more"/g)].length, 2);

  // Another file has another result.
  const response = await fetch(`${url}/api/files/a.txt`, { method: "POST", body: "just a few words\n" });
  const { statusQueryGetUri } = await bodyOf<StartBody>(response);
  assert.deepEqual((await untilEnded(statusQueryGetUri)).output, { words: 4, chunks: 1 });
  const empty = await bodyOf<StartBody>(await fetch(`${url}/api/files/none.txt`, { method: "POST" }));
  assert.deepEqual((await untilEnded(empty.statusQueryGetUri)).output, { words: 0, chunks: 0 });
  again.signal("SIGTERM");
  assert.equal(await again.exited, 0);
});
