import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Divergence, HistoryItem, Preview, StopReason, Wait, Why } from "../api/wire.ts";
import { codeTokens } from "./code-tokens.ts";
import { guardOf, misfitOf } from "./divergence.ts";
import { eventJson, historyJson } from "./event-json.ts";
import { actionName, actionsFor } from "./instance-actions.ts";
import { openCalls } from "./open-calls.ts";
import { frameText, siteOf, siteText } from "./places.ts";
import { utf8Length } from "./utf8.ts";
import { groupedWaits, waitText, whyHeadline, withLocalTimes } from "./why-text.ts";

const NOW = new Date(2026, 10, 29, 14, 3, 53).getTime();

const wait = (given: Partial<Wait> & Pick<Wait, "kind" | "name">): Wait => ({
  ...{ eventId: null, since: NOW - 61_000, state: "", outlook: "fine", text: "", attempt: null, of: null, nextAt: null },
  ...{ worker: null, instanceId: null, last: null },
  ...given,
});
const why = (waits: readonly Wait[], given: Partial<Why> = {}): Why => ({
  ...{ headline: "It waits.", outlook: "fine", state: "waiting", since: NOW, more: 0, unread: [], owner: null, advice: null },
  waits,
  ...given,
});
const retry = wait({ kind: "retry", name: "Ship", attempt: 4, of: 5, nextAt: NOW + 6_000 });
const event = wait({ kind: "event", name: "Approved", state: "not raised" });
const timer = wait({ kind: "timer", name: "timer", nextAt: NOW + 86_280_000 });

describe("why an instance waits", () => {
  it("is said in one line, with what is next", () => {
    assert.equal(whyHeadline(why([retry, timer, event]), NOW), "Waits for 3 things; the next one is due in 6 s");
    assert.equal(whyHeadline(why([event, timer]), NOW), "Waits for event Approved, for 1 m 1 s");
    assert.equal(
      whyHeadline(why([event, wait({ kind: "event", name: "Rejected" })]), NOW),
      "Waits for events Approved and Rejected, for 1 m 1 s",
    );
    assert.equal(whyHeadline(why([wait({ kind: "child", name: "Pack" })]), NOW), "Waits for sub-orchestration Pack, for 1 m 1 s");
    assert.equal(whyHeadline(why([retry]), NOW), "Waits for the next attempt of Ship, which starts in 6 s");
    assert.equal(whyHeadline(why([timer]), NOW), "Waits for a timer, which fires in 23 h 58 m");
    const pack = wait({ kind: "activity", name: "Pack" });
    assert.equal(whyHeadline(why([pack, pack], { more: 900 }), NOW), "Waits for 902 activities");
    assert.equal(whyHeadline(why([], { state: "suspended", headline: "It is suspended." }), NOW), "It is suspended.");
  });

  it("names for each thing what is known of it", () => {
    assert.equal(waitText(retry, NOW), "3 of 5 attempts failed, the next one starts in 6 s");
    assert.equal(waitText({ ...retry, of: null, attempt: 2, nextAt: NOW }, NOW), "1 attempt failed, the next one starts now");
    assert.match(waitText(timer, NOW), /^fires tomorrow at 14:01:53, in 23 h 58 m$/);
    assert.equal(waitText(event, NOW), "nobody has raised it for 1 m 1 s; the inbox is empty");
    assert.equal(waitText({ ...event, state: "in the inbox", text: "It came." }, NOW), "It came.");
    const activity = wait({ kind: "activity", name: "Pack", attempt: 1, worker: 2 });
    assert.equal(waitText({ ...activity, state: "running" }, NOW), "runs on worker 2, asked for 1 m 1 s ago");
    const atOwner = { ...activity, state: "with its owner" };
    assert.equal(waitText({ ...atOwner, since: NOW - 9_000 }, NOW), "runs or is in line at worker 2, for 9 s");
    assert.equal(waitText(atOwner, NOW), "is in line, or has just begun, at worker 2, for 1 m 1 s");
    assert.deepEqual(openCalls([{ ...atOwner, eventId: 4 }], NOW), [{ eventId: 4, inLineUntil: NOW - 15_000, note: "" }]);
    assert.equal(waitText({ ...activity, state: "no worker has it", text: "No worker has taken it." }, NOW), "No worker has taken it.");
  });

  it("has like things as one, and what a person can do first", () => {
    const pack = wait({ kind: "activity", name: "Pack", state: "in line" });
    const groups = groupedWaits([pack, { ...pack, eventId: 7 }, { ...pack, state: "running", worker: 2 }]);
    assert.deepEqual(
      groups.map(({ wait: { state }, count }) => [state, count]),
      [
        ["in line", 2],
        ["running", 1],
      ],
    );
    assert.deepEqual(
      groupedWaits([timer, event]).map(({ wait: { kind } }) => kind),
      ["event", "timer"],
    );
    assert.deepEqual(
      groupedWaits([timer, event, pack, retry]).map(({ wait: { kind } }) => kind),
      ["retry", "activity", "timer", "event"],
    );
  });

  it("has times in the zone of the reader", () => {
    const iso = new Date(NOW - 3_600_000).toISOString();
    assert.equal(withLocalTimes(`It is ready since ${iso}, and nobody takes it.`, NOW), "It is ready since 13:03:53, and nobody takes it.");
    assert.match(withLocalTimes("since 2020-01-01T00:00:00Z.", NOW), /^since (?:1 Jan 2020|31 Dec 2019) \d\d:\d\d:\d\d\.$/);
  });
});

describe("actions", () => {
  it("fit what an instance is", () => {
    const stopped: StopReason = { code: "STUCK", message: "", at: 0, codeMayCure: true };
    assert.deepEqual(actionsFor({ status: "Running", stopped: null }), ["raise-event", "suspend", "restart", "terminate"]);
    assert.equal(actionsFor({ status: "Suspended", stopped: null })[0], "resume");
    assert.equal(actionsFor({ status: "Failed", stopped: null })[0], "rewind");
    assert.ok(!actionsFor({ status: "Completed", stopped: null }).includes("rewind"));
    assert.equal(actionName(actionsFor({ status: "Running", stopped })[0]!, true), "Try again");
  });
});

describe("where a failure was thrown", () => {
  const at = (...frames: readonly string[]) => siteOf({ errorType: "E", message: "m", stack: ["E: m", ...frames].join("\n") });
  it("is the first line of its stack that is the author's", () => {
    const site = at(
      "    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)",
      "    at run (file:///app/node_modules/lib/index.js:1:2)",
      "    at ship (file:///home/ada/shop/src/activities/ship.ts:42:11)",
    );
    assert.deepEqual(site, { file: "/home/ada/shop/src/activities/ship.ts", line: 42, column: 11 });
    assert.equal(siteText(site!), "src/activities/ship.ts:42:11");
    assert.equal(frameText("    at ship (file:///home/ada/shop/src/activities/ship.ts:42:11)"), "at ship (src/activities/ship.ts:42:11)");
    assert.equal(frameText("    at async /home/ada/shop/src/activities/ship.ts:7:3"), "at async src/activities/ship.ts:7:3");
    assert.equal(frameText("    at new Promise (<anonymous>)"), "at new Promise (<anonymous>)");
  });
  it("is found on Windows, in frames without a function, and is null where there is none", () => {
    assert.deepEqual(at("    at async C:\\shop\\ship.ts:7:3")?.line, 7);
    assert.deepEqual(at("    at /shop/ship.ts:7:3"), { file: "/shop/ship.ts", line: 7, column: 3 });
    assert.equal(at("    at new Promise (<anonymous>)"), null);
    assert.equal(siteOf({ errorType: "E", message: "m" }), null);
  });
});

describe("an instance whose code does not fit", () => {
  const scheduled = (seq: number, name: string): HistoryItem => ({
    seq,
    event: { kind: "TaskScheduled", ts: seq, id: seq, name, input: null },
  });
  const divergence: Divergence = {
    ...{ asked: 'activity "ChargeCard" as action 3', recorded: 'activity "SendReceipt" as action 3', seq: 14 },
    site: { file: "/shop/src/order.ts", line: 24, column: null },
  };
  it("shows what was recorded beside what the code asks for", () => {
    const misfit = misfitOf(divergence, [scheduled(2, "Reserve"), scheduled(14, "SendReceipt"), scheduled(20, "Ship")]);
    assert.deepEqual([misfit?.asked, misfit?.recorded, misfit?.seq], ["activity ChargeCard", "activity SendReceipt", 14]);
    assert.deepEqual(misfit?.site, { file: "/shop/src/order.ts", line: 24, column: null });
    assert.deepEqual(
      misfit?.left.map(({ seq, text, mark }) => `${seq} ${text} ${mark}`),
      ["2 activity Reserve ", "14 activity SendReceipt del", "20 activity Ship faint"],
    );
    assert.deepEqual(
      misfit?.right.map(({ seq, text, mark }) => `${seq} ${text} ${mark}`),
      ["2 activity Reserve ", "14 activity ChargeCard add", "null … faint"],
    );
  });
  it("may ask for more than was recorded", () => {
    const misfit = misfitOf({ ...divergence, asked: "timer as action 3", recorded: "nothing more in that episode" }, []);
    assert.deepEqual(misfit?.left, [{ seq: null, text: "nothing more", mark: "del" }]);
    assert.equal(misfit?.right[0]?.text, "timer");
  });
  it("is told how to guard what is new", () => {
    assert.deepEqual(guardOf("activity ChargeCard"), [
      'if (ctx.patched("charge-card")) {',
      "  await ctx.callActivity(chargeCard, …);",
      "}",
    ]);
    assert.match(guardOf("timer").join(" "), /what is new/);
  });
  it("may be told in words of a later release", () => {
    assert.equal(misfitOf({ recorded: null, asked: null, seq: null, site: null }, []), null);
  });
});

describe("an event as text", () => {
  const preview = (text: string | null, isCut = false): Preview => ({ text, bytes: 9_000, isCut, at: "event.1.input" });
  const raised = (input: Preview | null): HistoryItem => ({ seq: 1, event: { kind: "EventRaised", ts: 5, name: "Go", input } });
  it("has its payload in it, with all its digits", () => {
    assert.equal(
      eventJson(raised(preview("12345678901234567890"))),
      '{"kind":"EventRaised","ts":5,"name":"Go","input":12345678901234567890}',
    );
    assert.equal(historyJson([raised(null), raised(null)]).split("\n").length, 4);
  });
  it("says where a payload is that is cut or hidden", () => {
    assert.deepEqual(JSON.parse(eventJson(raised(preview('"abc', true)))).input, { bytes: 9_000, beginsWith: '"abc', at: "event.1.input" });
    assert.deepEqual(JSON.parse(eventJson(raised(preview(null)))).input, { bytes: 9_000, at: "event.1.input" });
  });
});

describe("small texts", () => {
  it("are counted in bytes as they are sent", () => {
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => utf8Length(text) === new TextEncoder().encode(text).length));
  });
  it("of code are coloured without losing anything", () => {
    const line = 'if (!ok) throw new Error("no // comment"); // why';
    assert.deepEqual(
      codeTokens(line)
        .filter(({ kind }) => kind !== "plain")
        .map(({ kind, text }) => `${kind} ${text}`),
      ["word if", "word throw", "word new", 'string "no // comment"', "comment // why"],
    );
    fc.assert(
      fc.property(
        fc.string(),
        (text) =>
          codeTokens(text)
            .map((token) => token.text)
            .join("") === text,
      ),
    );
  });
});
