import assert from "node:assert/strict";
import { test } from "node:test";
import { filterQuery } from "./filter-query.ts";
import { listed, versionText } from "./function-text.ts";
import { NO_FIELDS, startCommand, startProblem, startRequest, tagsOf, tagsProblem } from "./start-text.ts";
import { askedFilter, parseView } from "./view-query.ts";

const FIELDS = { ...NO_FIELDS, name: "Order", input: '{"n": 12345678901234567890}' };

test("a start keeps what was typed, digits included, and leaves out what is empty", () => {
  assert.deepEqual(startRequest(FIELDS), { name: "Order", input: FIELDS.input });
  assert.deepEqual(startRequest({ ...FIELDS, instanceId: " a ", tags: "region:eu, big", version: "2" }), {
    name: "Order",
    input: FIELDS.input,
    instanceId: "a",
    version: "2",
    tags: { region: "eu", big: "" },
  });
  assert.equal(startRequest({ ...FIELDS, startAt: "2026-11-30T12:00" }).startAt, new Date(2026, 10, 30, 12).getTime());
});

test("a start that cannot be sent says why", () => {
  assert.equal(startProblem(FIELDS), null);
  assert.equal(startProblem({ ...FIELDS, input: " " }), null);
  assert.match(startProblem({ ...FIELDS, input: "{" }) ?? "", /^Line 1, column 2: /);
  assert.match(startProblem(NO_FIELDS) ?? "", /Choose an orchestrator/);
});

test("the command is one that a shell takes, where the command line has the options", () => {
  assert.equal(
    startCommand({ ...FIELDS, input: `{"a":"it's"}`, instanceId: "a" }),
    `perdure start-new Order --id a --input '{"a":"it'\\''s"}'`,
  );
  assert.equal(
    startCommand({ ...FIELDS, input: "", tags: "region:eu, big", startAt: "2026-11-30T12:00" }),
    `perdure start-new Order --tag region=eu,big= --start-at ${new Date(2026, 10, 30, 12).toISOString()}`,
  );
  assert.equal(startCommand({ ...FIELDS, tags: "a=b:c" }), null);
});

test("tags are pairs or keys", () => {
  assert.deepEqual(tagsOf("a:b:c, d,, :x"), { a: "b:c", d: "" });
  assert.equal(tagsProblem("a:b, c"), null);
  assert.match(tagsProblem("a, :x") ?? "", /has a name/);
  assert.match(tagsProblem("a:1, b, a") ?? "", /The tag a is there twice/);
});

test("a filter of the host becomes the address of the same list", () => {
  const filter = { status: ["Failed" as const], name: "A", tag: ["eu", "big:1"], errorText: "503", open: true };
  assert.deepEqual(askedFilter(parseView(filterQuery(filter)), 0), filter);
  assert.equal(filterQuery({ endedFrom: 5 }).toString(), "");
});

test("a few are listed as one would say them", () => {
  assert.deepEqual([[], [1], [1, 2], [1, 2, 3]].map(listed), ["", "1", "1 and 2", "1, 2 and 3"]);
});

test("a version has one v before it, however it was given", () => {
  assert.deepEqual(["2", "v2", "V2", "2024-11", ""].map(versionText), ["v2", "v2", "v2", "v2024-11", "v"]);
});
