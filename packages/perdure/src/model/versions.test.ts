import assert from "node:assert/strict";
import { test } from "node:test";
import { functionKey } from "./function-name.ts";
import type { VersionRange } from "./versions.ts";
import { compareVersions, takesVersion } from "./versions.ts";

test("versions compare as in Durable Functions", () => {
  const rising: readonly (readonly [string | null, string | null])[] = [
    [null, "0.0"],
    ["", "a"],
    ["1.9", "1.10"],
    ["1.0", "1.0.0"],
    ["1.0.0", "1.0.0.0"],
    ["2.0", "10.0"],
    ["10", "9"], // no System.Version: as text
    ["1", "1.0"],
    ["1.0.0.9", "1.0.0.10"],
    ["1.0-beta", "1.0-Rc"],
    ["a", "B"],
    ["A", "_"], // capitals are compared, so that "_" is behind all letters
    ["1.99999999999", "1.9a"],
  ];
  for (const [older, newer] of rising) {
    assert.equal(compareVersions(older, newer), -1, `${older} < ${newer}`);
    assert.equal(compareVersions(newer, older), 1, `${newer} > ${older}`);
  }
  for (const [one, other] of [
    [null, ""],
    [" ", null],
    ["1.0", "1.00"],
    [" 1.0", "1.0 "],
    ["Beta", "bETA"],
  ] as const)
    assert.equal(compareVersions(one, other), 0, `${one} = ${other}`);
});

test("what code takes: exactly its version, or that and older ones", () => {
  const key = functionKey("Order");
  const takes = (range: VersionRange, version: string | null) => takesVersion(new Map([[key, [range]]]), key, version);
  assert.deepEqual(
    [takes("1.0", "1.0"), takes("1.0", "1.00"), takes("a", "A"), takes("1.0", null), takes(null, null)],
    [true, false, false, false, true],
  );
  const upTo = (upTo: string | null, version: string | null) => takes({ upTo }, version);
  assert.deepEqual(
    [upTo("1.1", "1.1"), upTo("1.1", "1.0"), upTo("1.1", null), upTo("1.1", "1.2"), upTo(null, "0.1"), upTo(null, null)],
    [true, true, true, false, false, true],
  );
  assert.equal(takesVersion(new Map(), key, "9"), true);
  assert.equal(takesVersion(undefined, key, "9"), true);
});
