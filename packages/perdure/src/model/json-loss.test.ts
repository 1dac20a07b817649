import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { jsonCodec } from "./payload.ts";

class Money {
  readonly #cents: number;
  constructor(cents: number) {
    this.#cents = cents;
  }
  get cents(): number {
    return this.#cents;
  }
}
class Point {
  readonly x = 1;
  readonly y = 2;
  length(): number {
    return Math.hypot(this.x, this.y);
  }
}
class Tagged extends Map<string, number> {
  readonly tag = "t";
}
const cycle: { self?: unknown; more: readonly unknown[] } = { more: [1n] };
cycle.self = cycle;

const REFUSED: readonly (readonly [value: unknown, says: string | RegExp])[] = [
  [new Map([["a", 1]]), "it is a Map"],
  [new Tagged(), "it is a Tagged"],
  [{ items: [1, 2, 3, { tags: new Set(["x"]) }] }, "items[3].tags is a Set"],
  [{ "not a name": { "": new WeakMap() } }, '["not a name"][""] is a WeakMap'],
  [[[/x/u]], "[0][0] is a RegExp"],
  [{ at: new Date(Number.NaN) }, "at is an invalid Date"],
  [{ price: 10n }, "price is a bigint"],
  [10n, "it is a bigint"],
  [{ price: Number.NaN }, "price is NaN"],
  [[1, Number.NEGATIVE_INFINITY], "[1] is -Infinity"],
  [() => 1, "it is a function"],
  [{ run() {} }, "run is a function"],
  [[Symbol("s")], "[0] is a symbol"],
  [{ wait: Promise.resolve(1) }, "wait is a Promise"],
  [new TypeError("x"), "it is a TypeError"],
  [{ error: Object.assign(new Error("x"), { code: "E" }) }, "error is an Error"],
  [new Uint8Array(4), "it is a Uint8Array"],
  [{ body: Buffer.from("x") }, "body is a Buffer"],
  [new ArrayBuffer(2), "it is an ArrayBuffer"],
  [new DataView(new ArrayBuffer(2)), "it is a DataView"],
  [new Money(3), "it is a Money, of which JSON keeps nothing"],
  [{ query: new URLSearchParams("a=1") }, "query is a URLSearchParams, of which JSON keeps nothing"],
  [{ headers: new Headers() }, "headers is a Headers, of which JSON keeps nothing"],
  [runInNewContext("({ inner: new Map() })"), "inner is a Map"],
  [runInNewContext("new Error('x')"), "it is an Error"],
  [new Proxy(new Map(), {}), /^it is a Map/],
  [cycle, /circular|more\[0\] is a bigint/],
];

for (const [value, says] of REFUSED) {
  test(`refused with its path: ${says}`, () => {
    assert.throws(
      () => jsonCodec.encode(value),
      (error: unknown) => error instanceof TypeError && (typeof says === "string" ? error.message === says : says.test(error.message)),
    );
  });
}

const TAKEN: readonly (readonly [value: unknown, json: string | null])[] = [
  [undefined, null],
  [null, "null"],
  ["x", '"x"'],
  [-0, "0"],
  [{ a: undefined, b: 1 }, '{"b":1}'],
  [[undefined, 1], "[null,1]"],
  [new Date(0), '"1970-01-01T00:00:00.000Z"'],
  [{ at: new URL("http://a/") }, '{"at":"http://a/"}'],
  [{ toJSON: () => "own form" }, '"own form"'],
  [new Point(), '{"x":1,"y":2}'],
  [Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  [new Number(5), "5"],
  [[{ shared: cycle.more.length }, { shared: 1 }], '[{"shared":1},{"shared":1}]'],
  [runInNewContext("({ a: [1, { b: new Date(0) }] })"), '{"a":[1,{"b":"1970-01-01T00:00:00.000Z"}]}'],
  [{ [Symbol("meta")]: 1, a: 1 }, '{"a":1}'],
  [new Proxy({ a: 1 }, {}), '{"a":1}'],
];

for (const [value, json] of TAKEN) {
  test(`taken as it is: ${json}`, () => assert.equal(jsonCodec.encode(value), json));
}

test("an object that one reaches by many ways is not a cycle, and costs no more than its JSON", () => {
  let shared: unknown = ["x"];
  for (let level = 0; level < 12; level++) shared = [shared, shared];
  assert.equal(jsonCodec.encode(shared)?.length, JSON.stringify(shared).length);
});

test("a value of cycles upon cycles with a bigint in it is refused at once", () => {
  const nodes: { to: unknown[]; price?: bigint }[] = Array.from({ length: 50 }, () => ({ to: [] }));
  for (const node of nodes) node.to = nodes;
  assert.throws(() => jsonCodec.encode(nodes), TypeError);
});

test("whatever is taken comes out equal to what went in, undefined fields and -0 apart; whatever JSON holds is taken", () => {
  fc.assert(
    fc.property(
      fc.anything({ withBigInt: true, withDate: false, withMap: true, withSet: true, withTypedArray: true, withNullPrototype: true }),
      (value) => {
        let text: string | null;
        try {
          text = jsonCodec.encode(value);
        } catch {
          return;
        }
        if (text !== null) assert.deepEqual(JSON.parse(text), forgiven(value));
      },
    ),
    { numRuns: 2_000 },
  );
  fc.assert(fc.property(fc.jsonValue(), (value) => assert.deepEqual(jsonCodec.decode(jsonCodec.encode(value)), forgiven(value))));
});

/** The documented exceptions. */
function forgiven(value: unknown): unknown {
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return Array.from(value, (one: unknown) => (one === undefined ? null : forgiven(one)));
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Number || value instanceof String || value instanceof Boolean) return forgiven(value.valueOf());
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries.map(([key, field]) => [key, forgiven(field)]));
}
