import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Folder } from "../../src/cli/testing/spawn-cli.ts";
import { CliProcess, PERDURE } from "../../src/cli/testing/spawn-cli.ts";
import { azureFolder } from "./testing/azure-folder.ts";
import type { RefusedApp } from "./testing/refused-apps.ts";

const MAKERS = "activity, entity, http, httpCalls, orchestrator, schedule, timer";

function folderOf(app: RefusedApp): Folder {
  if (app.native === undefined) return azureFolder(app);
  const folder = azureFolder({ files: {}, manifest: { main: "index.mjs" } });
  rmSync(join(folder.path, "host.json"));
  for (const [path, text] of Object.entries(app.files))
    folder.write(path, text.includes("@azure/") ? text : `import { ${MAKERS} } from ${JSON.stringify(PERDURE)};\n${text}`);
  return folder;
}

/** `perdure start` refuses the app, and `perdure check` gives the same reason. */
export function refusedByBoth(app: RefusedApp): void {
  test(`${app.native === undefined ? "an Azure app" : "a native app"} with ${app.what}: check says what start is refused for (${app.code})`, async () => {
    using folder = folderOf(app);
    await using start = new CliProcess(["start", ".", "--port", "0", "--store", "memory:", "--json"], folder.path);
    assert.notEqual(await start.exited, 0, start.output);
    const { error } = JSON.parse(start.output.split("\n").find((line) => line.startsWith('{"error"')) ?? "{}");
    assert.equal(error?.code, app.code, start.output);
    const reason = String(error.message).replace(/ Nothing was started\..*$/s, "");
    await using check = new CliProcess(["check", ".", "--json"], folder.path);
    const code = await check.exited;
    assert.ok(code === 1 || code === 2, `${code}: ${check.output}`);
    const reported = check.output.split("\n").flatMap((line): readonly string[] => {
      if (!line.startsWith('{"')) return [];
      const { problems, error: failed } = JSON.parse(line);
      return problems ?? [failed.message];
    });
    // Of a list of problems each is one of the check's.
    const reasons =
      app.code === "APP_UNSUPPORTED"
        ? reason
            .split("\n  ")
            .slice(1)
            .map((one) => one.replace(/\nNothing.*$/s, ""))
        : [reason];
    for (const one of reasons)
      assert.ok(
        reported.some((text) => text.includes(one)),
        `${one}\n${check.output}`,
      );
  });
}
