import assert from "node:assert/strict";
import { test } from "node:test";
import type { InstanceId } from "../../model/ids.ts";
import type { AskedInSection } from "./section-rules.ts";
import { sectionProblem } from "./section-rules.ts";

const a = "@account@a" as InstanceId;
const z = "@account@z" as InstanceId;
const granted = { entities: [a], isGranted: true };
const requested = { entities: [a], isGranted: false };

test("outside a section everything is allowed, but no lock while a call is open", () => {
  assert.equal(sectionProblem(null, { kind: "lockEntities", openCalls: 0 }), null);
  assert.match(
    sectionProblem(null, { kind: "lockEntities", openCalls: 2 }) ?? "",
    /2 calls of entities are not answered.*Await the calls first/,
  );
});

test("inside a section each rule says why, and what to do", () => {
  const refused: readonly (readonly [typeof granted, AskedInSection, RegExp])[] = [
    [granted, { kind: "lockEntities", openCalls: 0 }, /second lock.*Lock all entities at once/],
    [requested, { kind: "lockEntities", openCalls: 0 }, /is being locked/],
    [requested, { kind: "callEntity", instanceId: a }, /before the lock .* was granted/],
    [granted, { kind: "callEntity", instanceId: z }, /@account@z was called while @account@a is locked/],
    [granted, { kind: "callSubOrchestrator", name: "child" }, /"child".*startOrchestration/],
    [granted, { kind: "signalEntity", instanceId: a }, /Call it/],
  ];
  for (const [section, asked, why] of refused) assert.match(sectionProblem(section, asked) ?? "", why);
  assert.equal(sectionProblem(granted, { kind: "callEntity", instanceId: a }), null);
  assert.equal(sectionProblem(granted, { kind: "signalEntity", instanceId: z }), null);
});
