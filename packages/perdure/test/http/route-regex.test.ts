import assert from "node:assert/strict";
import { before, it } from "node:test";
import { loadRouteRegex, routeRegex } from "../../src/http/route-regex.ts";
import { cpuClock } from "../../src/process/testing/cpu-clock.ts";
import { Random } from "../../src/testing/random.ts";

before(() => loadRouteRegex([{ route: "{id:regex(a)}" }]));

const PIECES = [
  "a",
  "b",
  "B",
  "-",
  ".",
  "\\d",
  "\\w",
  "[a-c]",
  "[^b]",
  "[\\]x]",
  "^",
  "$",
  "\\b",
  "\\B",
  "\\u0041",
  "\\x62",
  "\\.",
  "{",
  "}",
];
const COUNTS = ["", "", "", "*", "+", "?", "{2}", "{1,}", "{0,2}", "*?", "+?", "{1,3}?"];

function pattern(random: Random, depth: number): string {
  const parts = Array.from({ length: 1 + random.int(3) }, () => {
    const inner =
      depth > 0 && random.int(3) === 0 ? `${random.pick(["(", "(?:", "(?<n>"])}${pattern(random, depth - 1)})` : random.pick(PIECES);
    return inner + random.pick(COUNTS);
  });
  return parts.join(random.int(4) === 0 ? "|" : "");
}

it("finds what the language's own engine finds", () => {
  const random = new Random(7);
  let compared = 0;
  for (let i = 0; i < 4_000; i++) {
    const source = pattern(random, 2);
    const linear = routeRegex(source);
    if (linear === null) continue; // no regular expression at all, as two names that are the same
    const own = new RegExp(source, "i");
    for (let j = 0; j < 6; j++) {
      const value = Array.from({ length: random.int(7) }, () => random.pick(["a", "A", "b", "c", "1", "-", "x", "]", "{", "ü"])).join("");
      assert.equal(linear(value), own.test(value), `/${source}/i on ${JSON.stringify(value)}`);
      compared++;
    }
  }
  assert.ok(compared > 5_000, `${compared} compared`);
});

it("takes no longer for a pattern that branches", () => {
  for (const source of [
    "^(a+)+$",
    "^(a|a)*$",
    "^(a|aa)+$",
    "(.*)*x$",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "a*a*a*a*a*a*a*a*b",
    "^(a{1,30}){1,30}$",
  ]) {
    const regex = routeRegex(source);
    const cpuMs = cpuClock();
    regex?.(`${"a".repeat(2_000)}!`);
    assert.ok(regex !== null && cpuMs() < 2_000, `${source}: ${cpuMs()} ms`);
  }
});

it("refuses what it cannot do in that time, and what is not a regular expression", () => {
  for (const source of [
    "(a)\\1",
    "(?<x>a)\\k<x>",
    "(?=a)b",
    "(?!a)b",
    "(?<=a)b",
    "(?<!a)b",
    "a{3000}",
    "(a{100}){100}",
    "(",
    "a**",
    "[b-a]",
  ]) {
    assert.equal(routeRegex(source), null, source);
  }
});
