import assert from "node:assert/strict";
import { test } from "node:test";
import { refusalOf } from "../../store/errors.ts";
import { refusalFor } from "./postgres-error.ts";

const verdict = (code: string, severity = "ERROR") => {
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
  for (const [kind, codes] of expected) for (const code of codes) assert.equal(verdict(code), kind, code);
});

test("an error that ends the connection may have come after the commit", () => {
  for (const code of ["57P01", "53100", "58030"]) assert.equal(verdict(code, "FATAL"), "unknown", code);
});
