import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { orchestrator } from "../functions/orchestrator.ts";
import { schedule, timer } from "../functions/schedule.ts";
import { createHttpHandler, serveHttp } from "../http/index.ts";
import { peopleLog } from "../telemetry/people-log.ts";
import { COMMANDS } from "./commands.ts";
import { startText } from "./start-output.ts";
import { runCommand } from "./testing/run-command.ts";
import { DOORS, ServedHub } from "./testing/served-hub.ts";

/** What must never reach a terminal as it is. */
const HOSTILE = "\u001b[2J\u009b31m\u202eevil\u2066\r\nforged\u0007\u007f";
const OBEYED = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069\u2028\u2029]/u;

const waiting = orchestrator("Waiting", async (ctx) => {
  ctx.setCustomStatus(HOSTILE);
  return await ctx.waitForExternalEvent("Go");
});
const throwing = orchestrator(`Throwing ${HOSTILE}`, async (_ctx, text: string) => {
  throw new Error(text);
});
const quick = orchestrator("Quick", async () => "done");

const served = new ServedHub([waiting, throwing, quick]);
const run = (...args: readonly string[]) => served.run("--url", ...args);

test("a handler that a server has mounted is reached by the address of its management API", async () => {
  const mounted = await serveHttp({ handler: createHttpHandler(served.hub, { mountPath: "/durable" }), port: 0 });
  try {
    const url = `${mounted.url}/durable/runtime/webhooks/durabletask`;
    const started = await runCommand(["start-new", "Waiting", "--id", "mounted", "--url", url]);
    assert.deepEqual([started.code, started.out], [0, "mounted\n"]);
    const { out } = await runCommand(["terminate", "mounted", "--url", url]);
    assert.match(out, /request to terminate "mounted" was accepted/);
  } finally {
    await mounted.close();
  }
});

describe("every command obeys --json", () => {
  const answers: { readonly [command: string]: { readonly args: readonly string[]; readonly key: string | null } } = {
    "start-new": { args: ["Waiting", "--id", "a"], key: "id" },
    list: { args: [], key: null },
    count: { args: [], key: "exact" },
    status: { args: ["a"], key: "runtimeStatus" },
    history: { args: ["a"], key: null },
    suspend: { args: ["a", "--reason", HOSTILE], key: "accepted" },
    resume: { args: ["a"], key: "accepted" },
    "raise-event": { args: ["a", "Stay"], key: "accepted" },
    terminate: { args: ["a"], key: "accepted" },
    purge: { args: ["--from", "2020-01-01", "--dry-run"], key: "instancesFound" },
  };

  test("with its answer", async () => {
    for (const [command, { args, key }] of Object.entries(answers)) {
      const { code, out, err } = await run(command, ...args, "--json");
      assert.deepEqual([command, code, err], [command, 0, ""]);
      assert.match(out, /^[^\n]+\n$/, command);
      assert.doesNotMatch(out, OBEYED, command);
      const answer: unknown = JSON.parse(out);
      if (key === null) assert.ok(Array.isArray(answer), command);
      else assert.ok(key in (answer as object), `${command}: ${out}`);
      if (command === "suspend" || command === "resume") await untilStatus("a", command === "suspend" ? "Suspended" : "Running");
    }
    const { code, out } = await runCommand(["verify", served.store, "--json"]);
    assert.deepEqual([code, JSON.parse(out).violations], [0, []]);
    const named = await runCommand(["verify", "--json"], { env: { PERDURE_STORE: served.store } });
    assert.deepEqual([named.code, JSON.parse(named.out).violations], [0, []]);
  });

  for (const { name } of COMMANDS) {
    for (const [what, args] of [
      ["an unknown option", ["--no-such-option", "--json"]],
      ["too many arguments", ["a", "b", "c", "d", "--json"]],
    ] as const) {
      test(`perdure ${name} with ${what}: one object on standard error`, async () => {
        const { code, out, err } = await runCommand([name, ...args]);
        assert.deepEqual([code, out], [2, ""]);
        assert.match(err, /^[^\n]+\n$/);
        const { error } = JSON.parse(err);
        assert.ok(["OPTION_UNKNOWN", "ARGUMENTS_WRONG"].includes(error.code), err);
        assert.deepEqual([typeof error.message, error.kind, error.causes], ["string", "configuration", []]);
      });
    }
  }

  for (const [args, code, error] of [
    [["status", "nobody"], 1, "INSTANCE_NOT_FOUND"],
    [["history", "nobody"], 1, "INSTANCE_NOT_FOUND"],
    [["why", "nobody"], 1, "INSTANCE_NOT_FOUND"],
    [["watch", "nobody"], 1, "INSTANCE_NOT_FOUND"],
    [["purge", "nobody"], 1, "INSTANCE_NOT_FOUND"],
    [["terminate", "nobody"], 1, "INSTANCE_NOT_FOUND"],
    [["start-new", "Waiting", "--id", "a/b"], 2, "INSTANCE_ID_INVALID"],
    [["start-new", "Waiting", "--id", ".."], 2, "INSTANCE_ID_INVALID"],
    [["status", "."], 2, "INSTANCE_ID_INVALID"],
    [["purge", "."], 2, "INSTANCE_ID_INVALID"],
    [["status", "a/b"], 2, "INSTANCE_ID_INVALID"],
    [["status", ""], 2, "INSTANCE_ID_INVALID"],
    [["suspend", "x/terminate"], 2, "INSTANCE_ID_INVALID"],
    [["raise-event", "a", ""], 2, "OPTION_INVALID"],
    [["raise-event", "a", ".."], 2, "OPTION_INVALID"],
    [["start-new", ".."], 2, "OPTION_INVALID"],
    [["start-new", "Quick/x"], 2, "OPTION_INVALID"],
    [["raise-event", "a", "Go", "--input", "{"], 2, "INPUT_NOT_JSON"],
  ] as const) {
    test(`perdure ${JSON.stringify(args)} --json: ${error}`, async () => {
      const { code: ended, out, err } = await run(...args, "--json");
      assert.deepEqual([ended, out, JSON.parse(err).error.code], [code, "", error]);
    });
  }

  test("an unknown command, and a host that is not there", async () => {
    const { code, message } = JSON.parse((await runCommand(["lsit", "--json"])).err).error;
    assert.deepEqual([code, message], ["COMMAND_UNKNOWN", 'There is no command "lsit"; did you mean "list"? "perdure --help" lists all.']);
    assert.match((await runCommand(["do"])).err, /There is no command "do"\. The commands are: "init", /);
    const { err } = await runCommand(["list", "--url", "http://127.0.0.1:9", "--json"]);
    const { error } = JSON.parse(err);
    assert.deepEqual([error.code, error.causes.length > 0], ["HOST_UNREACHABLE", true]);
  });

  test("a list that is cut says so", async () => {
    await run("start-new", "Quick", "--id", "q1");
    const { out, err } = await run("list", "--top", "1", "--json");
    assert.deepEqual([JSON.parse(out).length, JSON.parse(err)], [1, { more: true, shown: 1 }]);
  });
});

test("list --failed shows the failed instances alone, over HTTP and from the store", async () => {
  const [failed, done] = await Promise.all([
    served.hub.client.startNew(throwing, { input: "broken", instanceId: "flag-failed" }),
    served.hub.client.startNew(quick, { instanceId: "flag-done" }),
  ]);
  await assert.rejects(failed.result());
  await done.result();
  for (const door of DOORS) {
    const target = door === "--url" ? served.url : served.store;
    const ids = async (...args: readonly string[]): Promise<readonly string[]> => {
      const { out } = await runCommand(["list", "--prefix", "flag-", "--json", door, target, ...args]);
      return JSON.parse(out).map((one: { readonly instanceId: string }) => one.instanceId);
    };
    assert.deepEqual([await ids("--failed"), (await ids()).toSorted()], [["flag-failed"], ["flag-done", "flag-failed"]]);
  }
});

describe("-- ends the options", () => {
  for (const [args, code, text] of [
    [["status", "--store", served.store, "--", "--help"], 1, /no orchestration instance "--help"/],
    [["purge", "--store", served.store, "--", "--from"], 1, /no orchestration instance "--from"/],
    [["status", "--store", served.store, "--", "--json"], 1, /^perdure: There is no orchestration instance "--json"/],
    [["status", "--store", served.store, "--json", "--", "-h"], 1, /^\{"error":\{"code":"INSTANCE_NOT_FOUND"/],
  ] as const) {
    test(`perdure ${args.join(" ")}`, async () => {
      const run = await runCommand(args);
      assert.deepEqual([run.code, run.out], [code, ""]);
      assert.match(run.err, text);
    });
  }
});

describe("control characters of others reach no terminal", () => {
  before(async () => {
    const { client } = served.hub;
    await client.startNew(throwing, { input: HOSTILE, instanceId: "id \u202e 1" }).then((one) => one.result().catch(() => {}));
    await client.startNew(waiting, { instanceId: "w" });
    await client.raiseEvent("w", HOSTILE, HOSTILE);
    await client.suspend("w", HOSTILE);
    await untilStatus("w", "Suspended");
  });

  for (const args of [
    ["list"],
    ["list", "--json"],
    ["status", "w"],
    ["status", "w", "--json"],
    ["status", "id \u202e 1"],
    ["history", "w"],
    ["history", "w", "--json"],
    ["history", "id \u202e 1"],
    ["purge", "--from", "2020-01-01", "--dry-run"],
    ["raise-event", "w", HOSTILE],
    ["raise-event", "w", `${HOSTILE}2`, "--json"],
    ["start-new", `no such ${HOSTILE}`],
    ["start-new", `no such ${HOSTILE}`, "--json"],
    ["status", HOSTILE],
    ["status", `nobody \u202e`],
    ["list", "--status", HOSTILE],
    ["list", `--${HOSTILE}`],
    ["resume", "w"],
  ]) {
    test(`perdure ${JSON.stringify(args)}`, async () => {
      const { out, err } = await run(...args);
      assert.ok((out + err).length > 0);
      assert.doesNotMatch(out + err, OBEYED);
      assert.doesNotMatch(out + err, /^forged/m);
    });
  }

  test("the log for people", () => {
    let text = "";
    const write = (line: string) => {
      text += line;
    };
    const log = peopleLog({ level: "debug", colour: false, write, now: () => new Date(0) });
    const fields = { [HOSTILE]: HOSTILE, reason: { deep: HOSTILE }, error: new Error(HOSTILE) };
    log.write({ level: "warn", event: "any", message: `Event "${HOSTILE}"`, fields });
    assert.doesNotMatch(text, OBEYED);
    assert.doesNotMatch(text, /^forged/m, "no line of the log begins with words of others");
  });

  test("what a start says", () => {
    const names = { orchestrator: [HOSTILE, "Order", "Plain"], activity: [HOSTILE], entity: [] };
    const tick = timer("tick", "*/5 * * * *", () => {});
    const nightly = schedule("nightly", "0 2 * * *", "Report", { timeZone: "Europe/Berlin" });
    const text = startText({
      version: "1",
      url: "u",
      managementUrl: "m",
      consoleUrl: null,
      storeLocation: HOSTILE,
      retention: { perFunction: { [HOSTILE]: "1d" } },
      workers: null,
      names,
      orchestrators: [
        { name: "Order", version: "2.0" },
        { name: HOSTILE, version: HOSTILE },
        { name: "Order", version: "1.0" },
        { name: "Order", version: null },
        { name: "Plain", version: null },
      ],
      http: [],
      routePrefix: "api",
      schedules: [tick, nightly],
      milliseconds: 1,
    });
    assert.doesNotMatch(text, OBEYED);
    assert.match(text, /\n {4}Order: orchestrator, versions "2\.0" \(of new instances\), "1\.0", no version\n {4}Plain: orchestrator\n/);
    assert.match(text, /\n {4}tick: timer \*\/5 \* \* \* \* UTC\n {4}nightly: schedule 0 2 \* \* \* Europe\/Berlin\n/);
  });
});

async function untilStatus(id: string, wanted: string): Promise<void> {
  for (;;) {
    const status = await served.hub.client.getStatus(id);
    if (status?.runtimeStatus === wanted) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
