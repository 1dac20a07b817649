import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { OFFERED_VERSIONS } from "./binaries.ts";

const SHARED = new URL("./shared-server.ts", import.meta.url).href;
const [version] = OFFERED_VERSIONS;

/** Has a keeper of its own: the place where they meet lies in the folder for temporary files. */
function inFolder(folder: string, code: string) {
  const source = `import { dismissKeeper, sharedPostgres } from ${JSON.stringify(SHARED)};\n${code}`;
  const args = ["-C", "perdure-source", "--input-type=module", "-e", source];
  return spawn(process.execPath, args, { env: { ...process.env, TMPDIR: folder }, stdio: ["ignore", "pipe", "inherit"] });
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

export function testKeeper(isDismissed: boolean): void {
  const when = isDismissed ? "when the run dismisses it" : "soon";
  test(`the shared server goes ${when} after its last test process was killed`, {
    skip: version === undefined && "not offered here",
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "perdure-keeper-test-"));
    const asks = `console.log((await sharedPostgres(${JSON.stringify(version)})).url); setInterval(() => {}, 1000);`;
    const guest = inFolder(folder, asks);
    try {
      const [url] = (await once(guest.stdout, "data")) as [Buffer];
      const port = Number(new URL(url.toString().trim()).port);
      assert.equal(await answers(port), true);
      guest.kill("SIGKILL");
      if (isDismissed) {
        await once(inFolder(folder, "await dismissKeeper();"), "exit");
        assert.equal(await answers(port), false);
      }
      for (let waited = 0; await answers(port); waited += 50) {
        assert.ok(waited < 20_000, "it still answers");
        await sleep(50);
      }
    } finally {
      guest.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
