import assert from "node:assert/strict";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { jsonLog } from "./json-log.ts";
import { peopleLog } from "./people-log.ts";
import { readFields, valueText } from "./value-text.ts";

const broken = (): never => {
  throw new Error("hostile");
};
const cyclic: { self?: unknown } = {};
cyclic.self = cyclic;
const getter = Object.defineProperty({}, "secret", { enumerable: true, get: broken });
const error = Object.defineProperty(new Error("odd"), "stack", { get: broken });

const VALUES: { readonly [name: string]: unknown } = {
  cyclic,
  getter,
  toJson: { toJSON: broken },
  proxy: new Proxy({}, { get: broken, ownKeys: broken, getPrototypeOf: broken, has: broken }),
  revoked: (() => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  })(),
  bigint: 12n,
  bigintInside: { count: 12n },
  symbol: Symbol("s"),
  function: broken,
  invalidDate: new Date(Number.NaN),
  map: new Map([[1, 2]]),
  nothing: Object.create(null),
  error,
  errorWithTextStack: Object.assign(new Error("numbered"), { stack: 5 }),
  nan: Number.NaN,
  undefined: undefined,
};

for (const [name, value] of Object.entries(VALUES)) {
  test(`a field that is ${name} costs no line, on a terminal and in JSON`, async () => {
    const entry = { level: "warn", event: "a.b", message: "said", fields: { value, id: 7 } } as const;
    const lines: string[] = [];
    peopleLog({ level: "info", colour: false, write: (text) => lines.push(text), now: () => new Date(0) }).write(entry);
    assert.match(lines.join(""), / warn {2}said .*id=7/);

    const folder = mkdtempSync(join(tmpdir(), "perdure-fields-"));
    const file = join(folder, "log.jsonl");
    try {
      const log = jsonLog({ level: "info", fd: openSync(file, "w") });
      log.write(entry);
      log.flush();
      for (;;) {
        const written = readFileSync(file, "utf8").split("\n").slice(0, -1);
        if (written.length < 1) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          continue;
        }
        for (const line of written) assert.deepEqual(pick(JSON.parse(line)), { msg: "said", id: 7 });
        break;
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
    assert.equal(typeof valueText(value), "string");
  });
}

const pick = ({ msg, id }: { msg: unknown; id: unknown }) => ({ msg, id });

test("what is given as fields is read as what was meant", () => {
  const failure = new Error("x");
  assert.deepEqual(readFields(undefined), {});
  assert.deepEqual(readFields(null), {});
  assert.deepEqual(readFields(failure), { error: failure });
  assert.deepEqual(readFields("more"), { value: "more" });
  assert.deepEqual(readFields([1]), { value: [1] });
  assert.deepEqual(readFields(Object.defineProperty({ a: 1 }, "b", { enumerable: true, get: broken })), {
    a: 1,
    b: "(a value that cannot be read)",
  });
  assert.deepEqual(readFields(VALUES.proxy), { value: "(a value that cannot be read)" });
});
