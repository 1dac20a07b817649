import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { test } from "node:test";
import { PerdureError } from "../errors/perdure-error.ts";
import { TaskHub } from "../task-hub/task-hub.ts";
import { COMMANDS } from "./commands.ts";
import { entryFiles } from "./entry-files.ts";
import { LIST_OPTIONS } from "./filter-options.ts";
import { retentionOf } from "./hub-options.ts";
import { START_OPTIONS } from "./option-specs.ts";
import { parseCommandLine } from "./options.ts";
import { renderTable } from "./render.ts";
import { retentionText } from "./start-output.ts";
import { runCommand } from "./testing/run-command.ts";
import { Folder, PERDURE } from "./testing/spawn-cli.ts";
import { historyRows } from "./wire.ts";

const start = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => parseCommandLine("perdure start", START_OPTIONS, args, env);

const refusal = (code: string, text: RegExp) => (error: unknown) =>
  error instanceof PerdureError && error.code === code && text.test(error.message);

test("options are read as what they are", () => {
  const line = start(["./app", "--port", "8080", "--retention=12h", "--forwarded-host", "--log-level", "warn"]);
  assert.deepEqual(line.positionals, ["./app"]);
  assert.deepEqual(line.options, {
    port: 8080,
    retention: { default: { milliseconds: 43_200_000 } },
    "forwarded-host": true,
    "log-level": "warn",
  });
});

test("limits of activities are a number for all, and names with theirs", () => {
  const given = start([
    "--max-concurrent",
    "Pack=2, 8,Ship it = 10",
    "--max-owned-instances",
    "500",
    "--function-not-found-after",
    "2m",
  ]).options;
  const limits = { total: 8, each: { Pack: 2, "Ship it": 10 } };
  assert.deepEqual(given, { "max-concurrent": limits, "max-owned-instances": 500, "function-not-found-after": 120_000 });
});

test("the environment sets what the command line does not", () => {
  const env = { PERDURE_PORT: "9000", PERDURE_MAX_CONCURRENT: "5", PERDURE_FORWARDED_HOST: "true" };
  assert.deepEqual(start(["--port", "8080"], env).options, { port: 8080, "max-concurrent": { total: 5 }, "forwarded-host": true });
});

test("what is one call's own is not read from the environment", () => {
  assert.deepEqual(parseCommandLine("perdure list", LIST_OPTIONS, [], { PERDURE_STATUS: "Failed", PERDURE_JSON: "true" }).options, {});
});

for (const [args, code, text] of [
  [
    ["--prot", "80"],
    "OPTION_UNKNOWN",
    /^perdure start has no option "--prot"; did you mean "--port"\? "perdure start --help" lists all\.$/,
  ],
  [["--colour"], "OPTION_UNKNOWN", /perdure start has no option "--colour"\. Known ones: .*"--port"/],
  [["--port"], "OPTION_INVALID", /"--port" has no value; expected a whole number from 0 to 65535/],
  [["--port", "--host", "x"], "OPTION_INVALID", /"--port" has no value; .*; a value that begins with a dash is given as --port=--host/],
  [["--cors", "app.example"], "OPTION_INVALID", /"--cors" is "app\.example"; expected origins such as/],
  [["--cors", "https://a.example,https://b.example/path"], "OPTION_INVALID", /"--cors" is .*; expected origins such as/],
  [["--body-timeout", "0s"], "OPTION_INVALID", /"--body-timeout" is "0s"; expected a duration above 0/],
  [["--accept-timeout", "0ms"], "OPTION_INVALID", /"--accept-timeout" is "0ms"; expected a duration above 0/],
  [["--port", "70000"], "OPTION_INVALID", /"70000"/],
  [["--port", "8o"], "OPTION_INVALID", /"8o"/],
  [["--retention", "1 minute"], "OPTION_INVALID", /expected a duration such as/],
  [["--retention", "30d,Failed=soon"], "OPTION_INVALID", /expected a duration such as/],
  [["--retention", "30d,1d"], "OPTION_INVALID", /expected a duration such as/],
  [["--retention", "Failed=1d,failed=2d"], "OPTION_INVALID", /expected a duration such as/],
  [["--log-level", "loud"], "OPTION_INVALID", /one of debug, info, warn, error, silent/],
  [["--isolation", "container"], "OPTION_INVALID", /"--isolation" is "container"; expected one of thread, process/],
  [["--forwarded-host=1"], "OPTION_INVALID", /"--forwarded-host" is "1"; expected true or false/],
  [["--max-concurrent", "0"], "OPTION_INVALID", /from 1/],
  [["--max-concurrent", "Pack"], "OPTION_INVALID", /"Pack"; expected whole numbers from 1/],
  [["--max-concurrent", "Pack=0"], "OPTION_INVALID", /"Pack=0"/],
  [["--max-concurrent", "Pack=1,"], "OPTION_INVALID", /"Pack=1,"/],
  [["--max-concurrent", "8,9"], "OPTION_INVALID", /"8,9"/],
  [["--max-owned-instances", "-1"], "OPTION_INVALID", /--max-owned-instances/],
  [["--function-not-found-after", "soon"], "OPTION_INVALID", /expected a duration/],
] as const) {
  test(`perdure start ${args.join(" ")} is refused by name`, () => {
    assert.throws(() => start(args), refusal(code, text));
  });
}

const DURATIONS = Object.entries(START_OPTIONS).flatMap(([name, spec]) => (spec.placeholder === "DURATION" ? [`--${name}`] : []));

for (const text of ["", " ", "30", "7days", "7 d", "1 week", "P7D", "-1d", "1e3s", "NaNs", "Infinityd", "1d12h", "{}", "undefined"]) {
  test(`${JSON.stringify(text)} is not a duration, for any option that takes one`, () => {
    assert.ok(DURATIONS.includes("--drain-timeout"));
    for (const option of [...DURATIONS, "--retention"]) {
      assert.throws(() => start([`${option}=${text}`]), refusal("OPTION_INVALID", new RegExp(`"${option}" is .*; expected a duration`)));
    }
  });
}

test("--retention takes times by status and orchestrator", () => {
  const { options } = start(["./app", "--retention", "30d, failed=forever,Nightly=12h"]);
  const perFunction = { Nightly: { milliseconds: 43_200_000 } };
  assert.deepEqual(options.retention, { default: { milliseconds: 2_592_000_000 }, Failed: "forever", perFunction });
  assert.equal(retentionText(options.retention, ["nightly"]), "30d, Failed forever, Nightly 12h");
  assert.equal(retentionText(options.retention, []), "30d, Failed forever, Nightly 12h (no orchestrator of this app)");
  assert.equal(retentionText(undefined, []), "finished instances are kept; --retention 30d purges them");
});

test("--audit-retention stands beside --retention, or alone", () => {
  const given = (...args: readonly string[]) => retentionOf(start(["./app", ...args]).options).retention;
  const day = { milliseconds: 86_400_000 };
  assert.deepEqual(given("--retention", "30d", "--audit-retention", "1d"), { default: { milliseconds: 2_592_000_000 }, audit: day });
  assert.deepEqual(given("--audit-retention", "1d"), { audit: day });
  assert.equal(retentionText(given("--retention", "30d", "--audit-retention", "1d"), []), "30d; audit 1d");
  assert.match(retentionText(given("--audit-retention", "forever"), []), /^finished instances are kept; .*; audit forever$/);
  assert.deepEqual(given("--audit-retention", "forever"), { audit: "forever" });
  assert.equal(given(), undefined);
});

const cli = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => runCommand(args, { env });

test("help names every command, and a command's help its options and variables", async () => {
  const { code, out } = await cli(["--help"]);
  assert.equal(code, 0);
  for (const name of [
    "start",
    "start-new",
    "list",
    "status",
    "history",
    "why",
    "watch",
    "audit",
    "failures",
    "raise-event",
    "suspend",
    "resume",
    "terminate",
    "rewind",
    "restart",
    "retry",
    "fork",
    "purge",
    "entities",
    "schedules",
    "replay-check",
    "export",
    "import",
    "copy",
    "backup",
    "verify",
  ]) {
    assert.match(out, new RegExp(`^  ${name} `, "m"));
  }
  assert.match((await cli(["show", "--help"])).out, /^Usage: perdure status <instance-id>.*Also called show\./s);
  const help = await cli(["start", "--help"]);
  assert.match(help.out, /--port PORT .*PERDURE_PORT/s);
  assert.equal((await cli(["help", "start"])).out, help.out);
  assert.match((await cli(["--version"])).out, /^\d+\.\d+\.\d+/);
});

for (const [args, env, code, text] of [
  [["strat"], {}, 2, /no command "strat".*"start"/],
  [["list"], { PERDURE_PROT: "1" }, 2, /no option "PERDURE_PROT"/],
  [["status"], {}, 2, /expected: <instance-id>/],
  [["status", "a", "b"], {}, 2, /arguments "a", "b"/],
  [["purge"], {}, 2, /--from TIME/],
  [["raise-event", "a", "b", "--input", "{"], {}, 2, /not valid JSON/],
  [["list", "--url", "nowhere"], {}, 2, /"nowhere"/],
  [["list", "--url", "http://localhost:7071/other"], {}, 2, /"--url" is "http:\/\/localhost:7071\/other"; expected the address of a host/],
  [["list", "--url", "http://localhost:7071/?code=k"], {}, 2, /"http:\/\/localhost:7071\/\?code=…"; .* give a key with --key/],
  [["list", "--url", "http://me:secret@localhost:7071"], {}, 2, /"http:\/\/…@localhost:7071"; expected the address of a host/],
  [["list", "--url", "http://localhost:7071", "--store", "x.db"], {}, 2, /not both/],
  [["list", "--store", "file:missing.db"], {}, 2, /no store file at/],
  [["list", "--failed", "--status", "Running"], {}, 2, /either --status or --failed, not both/],
  [["list", "--failed", "--stopped"], {}, 2, /either --stopped or --failed, not both/],
  [["verify", "missing.db"], {}, 2, /no store file at/],
  [["verify", "a.db", "--store", "b.db"], {}, 2, /"--store" is "b\.db"; expected either \[store\] or --store, not both/],
  [["verify", "memory:"], {}, 2, /"\[store\]" is "memory:"; expected file:PATH or postgres/],
  [["verify"], { PERDURE_STORE: "memory:" }, 2, /"--store" is "memory:"; expected file:PATH or postgres/],
  [["replay-check", "app", "--from", "memory:"], {}, 2, /"--from" is "memory:"; expected file:PATH or postgres/],
  [["copy", "a.db", "memory:"], {}, 2, /"<to-store>" is "memory:"; expected file:PATH or postgres/],
  [
    ["fork", "a"],
    {},
    2,
    /^perdure: perdure fork needs one of --before NAME, --event N and --checkpoint N\. "perdure fork --help" shows what it takes/,
  ],
  [["fork", "a", "--event", "1", "--before", "B"], {}, 2, /"--event" is 1; expected either --before or --event, not both/],
  [["purge", "--status", "Failed"], {}, 2, /perdure purge needs <instance-id>, or --from TIME/],
  [["purge", "a", "--status", "Failed"], {}, 2, /"--status" is .*; expected either <instance-id> or --status, not both/],
  [["start", "--store", "memory:", "--workers", "2"], {}, 2, /"--workers 2" needs a store that several processes share.*file:PATH/],
  [["start", "--store", "memory:", "--no-worker"], {}, 2, /"--no-worker" needs a store/],
  [["start", "--workers", "2", "--no-worker"], {}, 2, /either --workers or --no-worker/],
  [["start"], { PERDURE_WORKERS: "0" }, 2, /"PERDURE_WORKERS" is "0"; expected a whole number from 1/],
] as const) {
  test(`perdure ${args.join(" ")} ends with ${code} and says why`, async () => {
    const result = await cli(args, env);
    assert.equal(result.code, code);
    assert.match(result.err, text);
    assert.equal(result.out, "");
  });
}

/** Arguments with which a command gets as far as to look at an option that takes JSON. */
const BEFORE_JSON: { readonly [command: string]: readonly string[] } = {
  "start-new": ["X"],
  "raise-event": ["a", "b"],
  entities: ["signal", "a", "b", "c"],
  fork: ["a", "--event", "1"],
};

for (const { name, usage, options } of COMMANDS) {
  for (const [option, { placeholder }] of Object.entries(options)) {
    if (placeholder !== "JSON") continue;
    test(`perdure ${name} --${option} that is not JSON is named`, async () => {
      const args = BEFORE_JSON[name] ?? assert.fail(`${name} has no arguments in the table`);
      const { code, err } = await cli([name, ...args, `--${option}`, "nojson"]);
      assert.equal(code, 2);
      const where = name === "entities" ? "entities signal" : name;
      assert.ok(
        err.includes(`perdure ${where} --${option} is "nojson", which is not valid JSON. Strings need quotes: --${option} '"text"'`),
        err,
      );
    });
  }
  if (usage.startsWith("<")) {
    test(`perdure ${name} alone says what it expects`, async () => {
      const { code, err } = await cli([name]);
      assert.equal(code, 2);
      const expected = name === "entities" ? "list [name] | show <name> <key>" : usage;
      assert.ok(err.includes(`perdure ${name} was called with no arguments; expected: ${expected}`), err);
    });
  }
}

test("commands that work on a store itself look where perdure start keeps it", async () => {
  using folder = new Folder();
  const at = join(folder.path, "perdure.db");
  const of = (...args: readonly string[]) => runCommand(args, { cwd: folder.path });
  folder.write("app.mjs", `import { activity } from ${JSON.stringify(PERDURE)};\nexport const ship = activity("Ship", () => 1);`);
  for (const args of [["verify"], ["export", "all.jsonl"], ["backup", "copy.db"], ["replay-check", "app.mjs"]]) {
    const { code, err } = await of(...args);
    assert.deepEqual([args, code], [args, 2]);
    assert.ok(err.includes(`There is no store file at "${at}"`), err);
  }
  for (const { name, options } of COMMANDS) {
    const isOwn = "store" in options && !("url" in options);
    if (isOwn) assert.match((await cli([name, "--help"])).out, /--store STORE .*\(default file:perdure\.db\)/, name);
  }
  await (await TaskHub.open(`file:${join(folder.path, "hub.db")}`, { log: false })).close();
  assert.match((await of("verify", "hub.db")).out, /^✔ /);
  await (await TaskHub.open(`file:${at}`, { log: false })).close();
  assert.match((await of("verify")).out, /^✔ /);
  assert.match((await of("export", "none.jsonl")).out, /^0 instances exported/);
});

test("a host that does not answer is named, with what to do", async () => {
  const { code, err } = await cli(["list", "--url", "http://127.0.0.1:9"]);
  assert.equal(code, 1);
  assert.match(err, /No host answers at http:\/\/127\.0\.0\.1:9\. Start one/);
  const management = await cli(["list", "--url", "http://127.0.0.1:9/runtime/webhooks/durabletask/"]);
  assert.match(management.err, /No host answers at http:\/\/127\.0\.0\.1:9\./);
  const mounted = await cli(["list", "--url", "http://127.0.0.1:9/durable/runtime/webhooks/durabletask"]);
  assert.match(mounted.err, /No host answers at http:\/\/127\.0\.0\.1:9\/durable\./);
});

function withFiles(files: { readonly [path: string]: string }, use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "perdure-app-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

for (const [what, files, expected] of [
  ["exports of package.json", { "package.json": '{"exports": {".": {"import": "./app.ts"}}}', "app.ts": "", "index.ts": "" }, ["app.ts"]],
  ["a package.json behind a byte-order mark", { "package.json": '\uFEFF{"main": "lib.js"}', "lib.js": "", "index.ts": "" }, ["lib.js"]],
  ["main of package.json", { "package.json": '{"main": "lib.js"}', "lib.js": "", "index.ts": "" }, ["lib.js"]],
  ["a build that is not there yet", { "package.json": '{"main": "dist/a.js"}', "src/index.ts": "" }, ["src/index.ts"]],
  ["src/index.ts", { "src/index.ts": "", "index.ts": "" }, ["src/index.ts"]],
  ["functions/", { "functions/b.ts": "", "functions/a.ts": "", "functions/a.test.ts": "" }, ["functions/a.ts", "functions/b.ts"]],
  ["index.ts", { "index.ts": "", "other.ts": "" }, ["index.ts"]],
  ["all files", { "b.mts": "", "a.ts": "", "a.test.ts": "", "types.d.ts": "", ".hidden.ts": "", "notes.md": "" }, ["a.ts", "b.mts"]],
  ["nothing", { "notes.md": "" }, []],
] as const) {
  test(`entry files: ${what}`, () => {
    withFiles(files, (folder) => {
      const found = entryFiles(folder, "/").map((file) => relative(folder, file));
      assert.deepEqual(found, expected);
    });
  });
}

const AZURE = 'const { app } = require("@azure/functions");';

for (const [what, files, given, text] of [
  [
    "an Azure app without host.json",
    { "src/functions/a.js": AZURE },
    "",
    /\(by .*\/a\.js\), and there is no host\.json in it\. Write one beside its package\.json/,
  ],
  [
    "one that is not built",
    { "package.json": '{ "main": "dist/*.js", "dependencies": { "durable-functions": "3" } }' },
    "",
    /\(by .*package\.json\)/,
  ],
  [
    "a folder of an Azure app",
    { "host.json": "{}", "src/functions/a.js": AZURE },
    "src",
    /The app is the folder that has it: give "[^"]*perdure-app-[^/]*"\. Nothing/,
  ],
  ["a file of an Azure app", { "host.json": "{}", "src/functions/a.js": AZURE }, "src/functions/a.js", /give "[^"]*perdure-app-[^/]*"/],
] as const) {
  test(`${what} is not taken for a native app: it is told what to give`, () => {
    withFiles(files, (folder) => assert.throws(() => entryFiles(join(folder, given), "/"), refusal("HOST_JSON_MISSING", text)));
  });
}

test("a program with functions of Perdure may use libraries of Azure, and a file that is not code is told so", () => {
  withFiles({ "index.js": `${AZURE} import { http } from "perdure";` }, (folder) => assert.equal(entryFiles(folder, "/").length, 1));
  withFiles({ "index.js": '// in place of "durable-functions"' }, (folder) => assert.equal(entryFiles(folder, "/").length, 1));
  withFiles({ "host.json": "{}" }, (folder) => {
    const told = refusal(
      "APP_IMPORT_FAILED",
      /host\.json" cannot be loaded: it is not JavaScript or TypeScript\. Give the folder of the app: /,
    );
    assert.throws(() => entryFiles(join(folder, "host.json"), "/"), told);
  });
});

test("an app that is not there, and a package.json that is none, are named", () => {
  assert.throws(() => entryFiles("nowhere", "/"), refusal("APP_NOT_FOUND", /"\/nowhere"/));
  withFiles({ "package.json": "{" }, (folder) => {
    assert.throws(() => entryFiles(folder, "/"), refusal("APP_IMPORT_FAILED", /package\.json.*not valid JSON/));
  });
});

test("tables are as wide as their cells, and history rows carry what an event has of its own", () => {
  assert.equal(
    renderTable(
      ["A", "B"],
      [
        ["long", "x"],
        ["s", "y"],
      ],
    ),
    "A     B\nlong  x\ns     y\n",
  );
  const rows = historyRows([
    { EventType: "TaskCompleted", Timestamp: "T", FunctionName: "F1", Result: { a: 1 }, Reason: null, Position: 7, Episode: 2, EventId: 0 },
    { EventType: "TaskFailed", Timestamp: "T", FunctionName: "F1", Position: 8, Episode: 2, EventId: 1, RanMilliseconds: 12, Worker: 3 },
    { EventType: "ExecutionSuspended", Timestamp: "T", Position: 9, Episode: 2, EventId: null },
    { EventType: "EventRaised", Timestamp: "T", Name: "Go", Input: "5" },
  ]);
  assert.deepEqual(rows, [
    ["7", "2", "0", "T", "TaskCompleted", "F1", "", "", 'Result={"a":1}'],
    ["8", "2", "1", "T", "TaskFailed", "F1", "12 ms", "3", ""],
    ["9", "2", "", "T", "ExecutionSuspended", "", "", "", ""],
    ["", "", "", "T", "EventRaised", "Go", "", "", "Input=5"],
  ]);
});
