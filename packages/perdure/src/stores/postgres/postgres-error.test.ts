import assert from "node:assert/strict";
import { test } from "node:test";
import { PerdureError } from "../../errors/perdure-error.ts";
import { refusalOf } from "../../store/errors.ts";
import { isPassing, joiningFault, openingFault } from "./opening-fault.ts";
import { NotConnectedError, refusalFor } from "./postgres-error.ts";

const refusalKind = (code: string, severity = "ERROR") => {
  const refusal = refusalOf(refusalFor(Object.assign(new Error("words"), { code, severity })));
  return refusal.kind === "busy" && refusal.lessMayFit ? "room" : refusal.kind;
};

test("which errors of a server pass, which need room, which refuse the data", () => {
  const expected: readonly (readonly [string, readonly string[]])[] = [
    ["room", ["53100", "53200"]],
    ["busy", ["53000", "53300", "53400", "57000", "57014", "57P01", "57P02", "57P03", "58000", "58030", "58P01"]],
    ["busy", ["40001", "40P01", "55P03", "55006", "25006", "XX001", "XX002"]],
    ["refusedData", ["22021", "22001", "23502", "54000"]],
    ["unknown", ["XX000", "42P01", "0A000"]],
  ];
  for (const [kind, codes] of expected) for (const code of codes) assert.equal(refusalKind(code), kind, code);
});

test("an error that ends the connection may have come after the commit", () => {
  for (const code of ["57P01", "53100", "58030"]) assert.equal(refusalKind(code, "FATAL"), "unknown", code);
});

test("a connection that an administrator or a crash of another process ends says nothing against the call", () => {
  const isCutByOthers = (error: Error) => {
    const refusal = refusalOf(refusalFor(error));
    return refusal.kind === "unknown" && refusal.cutByOthers === true;
  };
  for (const code of ["57P01", "57P02"]) assert.ok(isCutByOthers(serverSays(code, "terminating connection", "FATAL")), code);
  for (const code of ["58030", "XX000"]) assert.ok(!isCutByOthers(serverSays(code, "words", "FATAL")), code);
  assert.ok(!isCutByOthers(new Error("Connection terminated unexpectedly")));
});

const serverSays = (code: string, message: string, severity = "ERROR") => Object.assign(new Error(message), { code, severity });

test("a pooler that loses prepared statements is named, with what to set", () => {
  const shown = "postgres://me@pooler/app";
  for (const error of [
    serverSays("26000", 'prepared statement "join_hub" does not exist'),
    serverSays("42P05", 'prepared statement "join_hub" already exists'),
    serverSays("08P01", "unsupported startup parameter: search_path", "FATAL"),
  ]) {
    const wrapped = new NotConnectedError("no connection", { cause: error });
    for (const seen of [openingFault(wrapped, shown), joiningFault(refusalFor(error), shown)]) {
      assert.ok(seen instanceof PerdureError && seen.code === "STORE_POOLER_UNFIT", String(seen));
      assert.match(seen.message, /max_prepared_statements|pool_mode/);
    }
    assert.equal(isPassing(wrapped), false);
  }
  const later = refusalOf(refusalFor(serverSays("26000", 'prepared statement "commit_batch" does not exist')));
  assert.ok(later.kind === "busy" && /does not exist \(a pooler in transaction mode/.test(later.detail));
});

test("what passes while a hub is opened, and what does not", () => {
  const socket = (code: string) => Object.assign(new Error(`connect ${code}`), { code });
  for (const error of [
    socket("ECONNREFUSED"),
    socket("ENOTFOUND"),
    new Error("Connection terminated unexpectedly"),
    serverSays("57P03", "starting up", "FATAL"),
  ])
    assert.ok(isPassing(error), error.message);
  for (const error of [
    serverSays("28P01", "password", "FATAL"),
    serverSays("3D000", "database"),
    serverSays("42501", "denied"),
    new TypeError("a defect"),
  ])
    assert.ok(!isPassing(error), error.message);
  const both = new AggregateError([socket("ECONNREFUSED"), socket("ECONNREFUSED")], "");
  assert.match(String(openingFault(both, "postgres://me@localhost/app")), /connect ECONNREFUSED; connect ECONNREFUSED/);
});
