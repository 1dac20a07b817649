import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { http, orchestrator, TaskHub } from "perdure";
import { createHttpHandler, serveHttp } from "perdure/http";
import { findBrowser } from "./find-browser.ts";

const browser = findBrowser();
const LOADED_MS = 30_000;

const flow = orchestrator("Flow", async () => "done");
/** Starts one whose id is where the request came from. */
const start = http("Start", { methods: ["GET", "POST"] }, async (request, { client }) => {
  const from = new URL(request.url).searchParams.get("from") ?? "";
  await client.startNew(flow, { instanceId: from, onExisting: "attach" });
  return new Response("started");
});

/** Everything by which a page can send a request without asking. */
const pageFor = (host: string, from: string): string => `<!doctype html>
  <img src="${host}/api/Start?from=${from}-image">
  <script src="${host}/api/Start?from=${from}-script"></script>
  <link rel="stylesheet" href="${host}/api/Start?from=${from}-style">
  <iframe src="${host}/api/Start?from=${from}-frame"></iframe>
  <iframe name="target"></iframe>
  <form method="post" action="${host}/api/Start?from=${from}-form" target="target"></form>
  <script>
    document.forms[0].submit();
    const pause = new Promise((resolve) => setTimeout(resolve, 1000));
    Promise.allSettled([
      fetch("${host}/api/Start?from=${from}-fetch", { mode: "no-cors", method: "POST" }),
      fetch("${host}/runtime/webhooks/durabletask/orchestrators/Flow/${from}-api", { mode: "no-cors", method: "POST" }),
      pause,
    ]).then(() => fetch("/done"));
  </script>`;

/** Opens that address and waits until its page has said that it is done, or for the other thing. */
async function visit(address: string, done: Promise<unknown>): Promise<void> {
  assert.ok(browser !== null);
  const profile = mkdtempSync(join(tmpdir(), "perdure-browser-"));
  const child: ChildProcess = spawn(
    browser,
    // One process, without the sandbox: so it runs as root and in containers too.
    ["--headless", "--no-sandbox", "--no-zygote", "--single-process", "--disable-gpu", "--disable-dev-shm-usage"].concat(
      ["--remote-debugging-port=0", `--user-data-dir=${profile}`],
      [address],
    ),
    { stdio: "ignore" },
  );
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`${address} was not loaded within ${LOADED_MS} ms`)), LOADED_MS).unref();
  });
  try {
    await Promise.race([done, late]);
  } finally {
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    rmSync(profile, { recursive: true, force: true });
  }
}

async function foreignSite(page: () => string): Promise<{ readonly port: number; readonly done: Promise<void>; readonly server: Server }> {
  const said = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    if (request.url === "/done") said.resolve();
    response.setHeader("content-type", "text/html").end(request.url === "/" ? page() : "");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return { port: address.port, done: said.promise, server };
}

test("a page of another site starts nothing on a host without a key, and a visit of the host itself does", {
  skip: browser === null && "there is no browser: PERDURE_TEST_BROWSER names one",
  timeout: 120_000,
}, async () => {
  await using hub = await TaskHub.open("memory:", { functions: [flow, start] });
  await hub.start();
  const served = await serveHttp({ handler: createHttpHandler(hub), port: 0, hostname: "127.0.0.1" });
  const host = `http://localhost:${served.port}`;
  const started = async () => {
    const ids: string[] = [];
    for await (const { instanceId } of hub.client.query()) ids.push(instanceId);
    return ids.sort();
  };
  try {
    // Another site, and the same one on another port: ports do not count for what browsers call a site.
    for (const name of ["127.0.0.1", "localhost"]) {
      const site = await foreignSite(() => pageFor(host, name.replaceAll(".", "-")));
      await visit(`http://${name}:${site.port}/`, site.done);
      site.server.close();
      site.server.closeAllConnections();
      assert.deepEqual(await started(), [], name);
    }
    const own = (async () => {
      while ((await started()).length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    })();
    await visit(`${host}/api/Start?from=typed`, own);
    assert.deepEqual(await started(), ["typed"]);
  } finally {
    await served.close();
  }
});
