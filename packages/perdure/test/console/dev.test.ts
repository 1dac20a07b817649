import assert from "node:assert/strict";
import { test } from "node:test";
import { DevNotes } from "../../src/console/dev-notes.ts";
import type { DevNote } from "../../src/console/wire.ts";
import { API, KEY, READ_KEY, stage } from "./testing/stage.ts";
import { messagesOf, next } from "./testing/stream-reader.ts";

const reloaded = (at: number, misfits: readonly string[] = []): DevNote => ({ kind: "reloaded", at, checked: 1, misfits });
const broken: DevNote = { kind: "broken", at: 2, message: "Unexpected token", site: null };
const killed: DevNote = { kind: "killed", at: 3, worker: 1 };

test("of what perdure dev has said, the last load counts, an edit behind it that is broken, and each kill", () => {
  const notes = new DevNotes();
  for (const note of [reloaded(1, ["a"]), broken, killed]) notes.add(note);
  assert.deepEqual(notes.all, [reloaded(1, ["a"]), broken, killed]);
  notes.add(reloaded(4));
  assert.deepEqual(notes.all, [reloaded(4), killed]);
});

test("a page that is opened later is told what does not fit, and decides about it as the keys do", async (t) => {
  const decided: string[] = [];
  const decide = async (choice: string): Promise<void> => void decided.push(choice);
  const it = await stage(t, { keys: [KEY], readKeys: [READ_KEY], dev: { notes: () => [reloaded(1, ["order-1"])], decide } });
  const [cookie, reader] = [await it.signIn(KEY), await it.signIn(READ_KEY)];
  const messages = messagesOf(await it.ask(`${API}/stream`, { cookie: reader }));
  assert.deepEqual(await next(messages, "dev"), reloaded(1, ["order-1"]));
  const restart = { method: "POST", body: { choice: "restart" } } as const;
  assert.deepEqual(await it.refusal("/misfits", { ...restart, cookie: reader }), [403, "CONSOLE_READ_ONLY"]);
  assert.deepEqual(await it.refusal("/misfits", { method: "POST", body: { choice: "purge" }, cookie }), [400, "OPTION_INVALID"]);
  await it.post("/misfits", restart.body, { cookie });
  assert.deepEqual(decided, ["restart"]);
});

test("where no app is being written there is nothing to decide", async (t) => {
  const it = await stage(t);
  assert.deepEqual(await it.refusal("/misfits", { method: "POST", body: { choice: "leave" } }), [404, "CONSOLE_NOT_FOUND"]);
});
