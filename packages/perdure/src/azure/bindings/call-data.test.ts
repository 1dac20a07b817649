import assert from "node:assert/strict";
import { test } from "node:test";
import { dataOfCall } from "./call-data.ts";

test("as on Azure the properties of a message win over metadata of the same name, and metadata is there without them", () => {
  const of = (message: string) =>
    dataOfCall(
      { trigger: "order" },
      { inputData: [{ name: "order", data: { string: message } }], triggerMetadata: { id: { string: "of-the-message" } } },
    );
  const named = (message: string) => JSON.stringify(of(message).get("id"));
  assert.deepEqual([named('{"id":"o-1"}'), named('{"other":1}'), named("no JSON")], ['"o-1"', '"of-the-message"', '"of-the-message"']);
});
