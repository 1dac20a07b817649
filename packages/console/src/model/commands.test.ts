import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { commandOf, entityCommand, quoted, signalCommand } from "./commands.ts";

describe("the command of a dialog", () => {
  it("is the one that does the same", () => {
    assert.equal(
      commandOf("raise-event", "order 1", { event: "Approved", input: '{ "by":\n "o\'neil" }' }),
      `perdure raise-event 'order 1' Approved --input '{"by":"o'\\''neil"}'`,
    );
    assert.equal(commandOf("terminate", "order-1", { reason: "", recursive: true }), "perdure terminate order-1 --recursive");
    assert.equal(
      commandOf("restart", "order-1", { instanceId: "same", reason: "again" }),
      "perdure restart order-1 --same-id --reason again",
    );
    assert.equal(commandOf("suspend", "@@schedule", {}), "perdure suspend @@schedule");
    assert.equal(commandOf("suspend", "--all", { reason: "- a -" }), "perdure suspend --reason='- a -' -- --all");
    assert.equal(commandOf("raise-event", "a", { event: "Go", input: "-5" }), "perdure raise-event a Go --input=-5");
    assert.equal(
      commandOf("raise-event", "$(rm -rf ~)`id`", { event: "'\n\u202e" }),
      "perdure raise-event '$(rm -rf ~)`id`' ''\\''\n\u202e'",
    );
  });
  it("of an entity has its name and its key apart, also an empty key", () => {
    const home = { name: "counter", key: "home 7" };
    assert.equal(signalCommand(home, "add", '{ "n": 1 }'), `perdure entities signal counter 'home 7' add --input '{"n":1}'`);
    assert.equal(signalCommand({ name: "counter", key: "" }, "reset", ""), "perdure entities signal counter '' reset");
    assert.equal(entityCommand("resume", home, ""), "perdure entities resume counter 'home 7'");
    assert.equal(entityCommand("skip", home, "it hangs"), "perdure entities skip counter 'home 7' --reason 'it hangs'");
  });
  it("has a word for each value", () => {
    assert.equal(quoted(""), "''");
    assert.equal(quoted("a;b"), "'a;b'");
  });
});
