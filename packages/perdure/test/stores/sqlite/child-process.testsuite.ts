// Run as a process of its own by processes.test.ts: `child-process.testsuite.ts ROLE FILE`.

import { openSqliteStore } from "../../../src/stores/sqlite/sqlite-store.ts";
import { append, event, Hand, NAME, spec, toId, update } from "../../../src/testing/store-conformance/hub.ts";

const [role, path] = process.argv.slice(2);
if (path === undefined) throw new Error("child-process ROLE FILE");
const say = (line: string) => process.stdout.write(`${line}\n`);
const store = await openSqliteStore({ path, thread: role === "open" ? "inline" : "worker" });

/** Starts and raises, as a client beside the host does. */
async function client(): Promise<void> {
  const { outcome } = await store.start({ start: spec("from the child"), onExisting: "error" });
  const raised = await store.deliver({ instanceId: spec("from the parent").instanceId, message: event("hello") });
  say(`${outcome} ${raised.outcome}`);
  await store.close();
}

/** Claims what is ready, runs one episode of it, and stays alive owning it. */
async function worker(): Promise<void> {
  const hand = await Hand.join(store, { orchestrator: [NAME] });
  const [claimed] = await hand.claim(1);
  if (claimed === undefined) throw new Error("nothing to claim");
  await hand.commit({
    updates: [update(claimed.no, claimed.version, { nextWake: "now" })],
    messages: [toId("other", event("from the worker"))],
  });
  say(`${hand.worker} ${claimed.no}`);
  setInterval(() => {}, 1_000);
}

/** Writes batches that touch 20 instances alike, for ever, and tells after each that it is done. */
async function writer(): Promise<void> {
  const hand = await Hand.join(store, {});
  const nos = await hand.own(...Array.from({ length: 20 }, (_, index) => `w${index}`));
  say(`${hand.worker}`);
  for (let version = 0; ; version++) {
    const history = nos.map((no) => append(no, version, 1, `[${"7".repeat(2_000)}]`));
    await hand.commit({ history, updates: nos.map((no) => update(no, version, { nextWake: "now" })) });
    say(`committed ${version + 1}`);
  }
}

/** Opens, says how the file looks, and ends without closing: nothing keeps it alive. */
async function idle(): Promise<void> {
  store.onForeignChange(() => {});
  say((await store.pragmas()).journalMode);
}

/** Writes a little, waits until the log has been copied once, writes again, and stays. */
async function marked(): Promise<void> {
  await store.start({ start: spec("first"), onExisting: "error" });
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (const name of ["second", "third"]) await store.start({ start: spec(name), onExisting: "error" });
  say("marked");
  setInterval(() => {}, 1_000);
}

const ROLES: { readonly [role: string]: () => Promise<void> } = {
  client,
  worker,
  writer,
  idle,
  marked,
  open: async () => void say("open"),
};
await ROLES[role ?? ""]?.();
