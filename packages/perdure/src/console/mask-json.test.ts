import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { maskJson, parseMasks } from "./mask-json.ts";

const masked = (text: string, ...masks: readonly string[]) => maskJson(text, parseMasks(masks));

const CASES: readonly (readonly [title: string, text: string, masks: readonly string[], expected: string | null])[] = [
  ["a field", '{"password":"x","user":"u"}', ["password"], '{"password":"***","user":"u"}'],
  ["at any depth, and in lists", '{"a":[{"b":{"password":1}}]}', ["password"], '{"a":[{"b":{"password":"***"}}]}'],
  ["names without case", '{"PassWord":true}', ["password"], '{"PassWord":"***"}'],
  ["each field of an object", '{"card":{"no":1,"cvc":[2]},"no":3}', ["card.*"], '{"card":{"no":"***","cvc":"***"},"no":3}'],
  ["a path from its end", '{"no":1,"card":{"no":2}}', ["card.no"], '{"no":1,"card":{"no":"***"}}'],
  ["a whole object, a whole list", '{"card":{"no":"}"},"list":[1,[2]]}', ["card", "list"], '{"card":"***","list":"***"}'],
  ["objects of a list are under its name", '{"cards":[{"no":1},{"no":2}]}', ["cards.no"], '{"cards":[{"no":"***"},{"no":"***"}]}'],
  ["blanks and digits stay", '{ "a" : 1.50 ,\n "b" : 12345678901234567890 }', ["a"], '{ "a" : "***" ,\n "b" : 12345678901234567890 }'],
  ["escaped names and quotes", '{"pass\\u0077ord":"a\\"b","c\\\\":"\\\\"}', ["password"], '{"pass\\u0077ord":"***","c\\\\":"\\\\"}'],
  ["text in which such a field is written", '"{\\"password\\":1}"', ["password"], '"{\\"password\\":1}"'],
  ["a list of texts", '["password","x"]', ["password"], '["password","x"]'],
  ["nothing but a value", "7", ["*"], "7"],
  ["what is not JSON is not shown at all", '{"password":"x"', ["password"], null],
];

for (const [title, text, masks, expected] of CASES) test(`masked: ${title}`, () => assert.equal(masked(text, ...masks), expected));

test("what is masked is what a walk over the values finds, and all else is as it was", () => {
  const name = fc.constantFrom("a", "b", "secret");
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: "small" },
      fc.integer(),
      fc.string(),
      fc.constant(null),
      fc.array(tie("any")),
      fc.dictionary(name, tie("any")),
    ),
  })).any;
  const walk = (given: unknown): unknown => {
    if (Array.isArray(given)) return given.map(walk);
    if (typeof given !== "object" || given === null) return given;
    return Object.fromEntries(Object.entries(given).map(([key, item]) => [key, key === "secret" ? "***" : walk(item)]));
  };
  fc.assert(
    fc.property(value, fc.constantFrom(0, 2), (given, indent) => {
      assert.deepEqual(JSON.parse(masked(JSON.stringify(given, null, indent), "secret") ?? ""), walk(JSON.parse(JSON.stringify(given))));
    }),
  );
});
