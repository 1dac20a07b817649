import assert from "node:assert/strict";
import { test } from "node:test";
import { Sessions } from "./session.ts";

const HOUR = 3_600_000;
const KEYS = { keys: ["all"], readKeys: ["look"] };

const asked = (cookie: string) => new Request("http://h/", { headers: { cookie } });
const pairOf = (cookie: string) => cookie.split(";")[0] ?? "";

function stage(keys: ConstructorParameters<typeof Sessions>[0] = KEYS) {
  const clock = { now: 1_000 * HOUR };
  return { clock, sessions: new Sessions(keys, () => clock.now) };
}

test("each kind of key has its role, and no other text has one", () => {
  const { sessions } = stage();
  assert.equal(sessions.signIn("all", false)?.session.role, "write");
  assert.equal(sessions.signIn("look", false)?.session.role, "read");
  assert.equal(sessions.signIn("", false), null);
  assert.equal(sessions.signIn("ALL", false), null);
});

test("a session lasts twelve hours", () => {
  const { clock, sessions } = stage();
  const cookie = pairOf(sessions.signIn("all", false)?.cookie ?? "");
  assert.equal(sessions.of(asked(`other=1; ${cookie}`))?.role, "write");
  clock.now += 12 * HOUR - 1;
  assert.equal(sessions.of(asked(cookie))?.role, "write");
  clock.now += 1;
  assert.equal(sessions.of(asked(cookie)), null);
});

test("the cookie is for this folder of this site, and of no script; over https for https alone", () => {
  const { sessions } = stage();
  assert.match(
    sessions.signIn("all", false)?.cookie ?? "",
    /^perdure-console-[\w-]{8}=write\.\w+\.[\w-]{43}; Max-Age=43200; HttpOnly; SameSite=Strict$/,
  );
  assert.match(sessions.signIn("all", true)?.cookie ?? "", /; Secure$/);
  assert.match(sessions.signOut(false), /^perdure-console-[\w-]{8}=; Max-Age=0; HttpOnly; SameSite=Strict$/);
});

test("hosts with the same keys accept each other's sessions, and those of other keys do not", () => {
  const cookie = pairOf(stage().sessions.signIn("look", false)?.cookie ?? "");
  assert.equal(stage().sessions.of(asked(cookie))?.role, "read");
  for (const keys of [
    { keys: ["other"], readKeys: ["look"] },
    { keys: ["all"], readKeys: [] },
    { keys: ["all"], readKeys: ["new"] },
  ])
    assert.equal(stage(keys).sessions.of(asked(cookie)), null);
});

test("no part of a session can be changed", () => {
  const { sessions } = stage();
  const cookie = pairOf(sessions.signIn("look", false)?.cookie ?? "");
  const [name = "", value = ""] = cookie.split("=");
  const [, end = "", mac = ""] = value.split(".");
  for (const forged of [
    `write.${end}.${mac}`,
    `read.z${end}.${mac}`,
    `read.${end}.${mac.slice(0, -1)}`,
    `read.${end}.${"A".repeat(43)}`,
    "",
    "read",
  ])
    assert.equal(sessions.of(asked(`${name}=${forged}`)), null, forged);
});

test("without keys no caller needs a session", () => {
  const { sessions } = stage({ keys: [], readKeys: [] });
  assert.deepEqual(sessions.of(asked("")), { role: "write", expiresAt: null });
});
