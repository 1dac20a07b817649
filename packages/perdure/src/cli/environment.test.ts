import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { TaskHub } from "../task-hub/task-hub.ts";
import { START_OPTIONS } from "./option-specs.ts";
import { parseCommandLine, withoutRival } from "./options.ts";
import { runCommand } from "./testing/run-command.ts";
import { Folder } from "./testing/spawn-cli.ts";

const start = (args: readonly string[], env: NodeJS.ProcessEnv) =>
  withoutRival(parseCommandLine("perdure start", START_OPTIONS, args, env), "workers", "no-worker");

/** What Kubernetes sets in every pod beside a Service named `perdure` (one with two ports, one of them named), and one named `perdure-worker`. */
const KUBERNETES = {
  PERDURE_SERVICE_HOST: "10.0.0.1",
  PERDURE_SERVICE_PORT: "7071",
  PERDURE_SERVICE_PORT_HTTP: "7071",
  PERDURE_PORT: "tcp://10.0.0.1:7071",
  PERDURE_PORT_7071_TCP: "tcp://10.0.0.1:7071",
  PERDURE_PORT_7071_TCP_PROTO: "tcp",
  PERDURE_PORT_7071_TCP_PORT: "7071",
  PERDURE_PORT_7071_TCP_ADDR: "10.0.0.1",
  PERDURE_PORT_53_UDP: "udp://[fd00::1]:53",
  PERDURE_PORT_53_UDP_ADDR: "fd00::1",
  PERDURE_WORKER_SERVICE_HOST: "10.0.0.2",
  PERDURE_WORKER_PORT: "tcp://10.0.0.2:80",
  PERDURE_WORKER_PORT_80_TCP_PROTO: "tcp",
};

describe("what Kubernetes sets for a Service named perdure", () => {
  test("is ignored by a start, which still reads its own settings", () => {
    assert.deepEqual(start([], { ...KUBERNETES, PERDURE_HOST: "0.0.0.0" }), { host: "0.0.0.0" });
    assert.deepEqual(start(["--port", "8080"], KUBERNETES), { port: 8080 });
    assert.deepEqual(start([], { PERDURE_PORT: "8080" }), { port: 8080 });
  });

  test("is not an error of any command", async () => {
    const { code, err } = await runCommand(["list", "--url", "http://127.0.0.1:9"], { env: KUBERNETES });
    assert.equal(code, 1);
    assert.match(err, /HOST_UNREACHABLE/);
  });

  for (const [name, value] of [
    ["PERDURE_PROT", "tcp://10.0.0.1:7071"],
    ["PERDURE_SERVICE", "x"],
    ["PERDURE_PORT_HTTP", "7071"],
    ["PERDURE_PORT_7071_TCP_X", "1"],
  ] as const) {
    test(`${name} is a misspelt setting all the same`, async () => {
      const { code, err } = await runCommand(["list"], { env: { [name]: value } });
      assert.equal(code, 2);
      assert.ok(err.includes(`"${name}"`), err);
    });
  }

  test("a value that is not a port is refused", () => {
    for (const value of ["http://10.0.0.1:7071", "x", "70000"]) assert.throws(() => start([], { PERDURE_PORT: value }), /PERDURE_PORT/);
  });
});

describe("the line wins over the environment", () => {
  for (const [what, args, env, expected] of [
    ["a value", ["--port", "1"], { PERDURE_PORT: "2" }, { port: 1 }],
    ["a value over one that cannot be read", ["--port", "1"], { PERDURE_PORT: "x" }, { port: 1 }],
    ["a flag", ["--forwarded-host=false"], { PERDURE_FORWARDED_HOST: "true" }, { "forwarded-host": false }],
    ["--workers over PERDURE_NO_WORKER", ["--workers", "2"], { PERDURE_NO_WORKER: "true" }, { workers: 2 }],
    ["--no-worker over PERDURE_WORKERS", ["--no-worker"], { PERDURE_WORKERS: "2" }, { "no-worker": true }],
    ["--no-worker=false beside PERDURE_WORKERS", ["--no-worker=false"], { PERDURE_WORKERS: "2" }, { "no-worker": false, workers: 2 }],
    ["an empty variable is none", [], { PERDURE_PORT: "" }, {}],
  ] as const) {
    test(what, () => assert.deepEqual(start(args, env), expected));
  }

  test("both in one place are refused", async () => {
    const { code, err } = await runCommand(["start"], { env: { PERDURE_WORKERS: "2", PERDURE_NO_WORKER: "true" } });
    assert.deepEqual([code, /either --workers or --no-worker/.test(err)], [2, true]);
  });
});

describe("PERDURE_STORE for client commands", () => {
  const folder = new Folder();
  const store = `file:${folder.path}/hub.db`;
  before(async () => {
    await using hub = await TaskHub.open(store);
    await hub.client.startNew("Later", { instanceId: "one", startAt: new Date("2100-01-01") });
  });
  after(() => folder[Symbol.dispose]());

  const UNREACHABLE = /No host answers at http:\/\/127\.0\.0\.1:9/;
  for (const [what, args, env, expected] of [
    ["is read", ["list"], { PERDURE_STORE: store }, /^one +Later +Pending/m],
    ["also by status", ["status", "one"], { PERDURE_STORE: store }, /orchestrator: +Later/],
    ["as a plain path", ["history", "one"], { PERDURE_STORE: "hub.db" }, /^# +EPISODE +ID +TIME +EVENT/],
    ["the line's --url wins", ["list", "--url", "http://127.0.0.1:9"], { PERDURE_STORE: store }, UNREACHABLE],
    ["PERDURE_URL is meant where both are set", ["list"], { PERDURE_STORE: store, PERDURE_URL: "http://127.0.0.1:9" }, UNREACHABLE],
    ["the line's --store wins", ["list", "--store", store], { PERDURE_URL: "http://127.0.0.1:9" }, /^one +Later/m],
    ["one that is missing is named", ["list"], { PERDURE_STORE: "file:nowhere.db" }, /no store file at .*nowhere\.db/],
    ["both on the line are refused", ["list", "--url", "http://127.0.0.1:9", "--store", store], {}, /either --url or --store, not both/],
    ["memory: on the line is refused", ["list", "--store", "memory:"], {}, /"--store" is "memory:"; expected file:PATH.*with --url/],
  ] as const) {
    test(what, async () => {
      const { out, err } = await runCommand(args, { env, cwd: folder.path });
      assert.match(out + err, expected);
    });
  }
});
