import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { PostgresVersion } from "./binaries.ts";
import { OFFERED_VERSIONS } from "./binaries.ts";

/** A server that tests may run on: one of ours by its version, or the one that was given to us. */
export type TestServerName = PostgresVersion | "given";

const GIVEN_URL = process.env.PERDURE_TEST_POSTGRES_URL;

export const EVERY_SERVER: readonly TestServerName[] = GIVEN_URL === undefined ? OFFERED_VERSIONS : ["given"];

/** Every test on PostgreSQL runs once for each of these: in `npm test` on the newest, but for the few that take all of them there too. */
export const TEST_SERVERS: readonly TestServerName[] =
  process.env.TESTS_POSTGRES_VERSIONS === "newest" ? EVERY_SERVER.slice(-1) : EVERY_SERVER;

const KEEPER_LIMIT_MS = 30_000;
/** What the last guest says. */
export const DISMISS = "dismissed";
const DISMISS_LIMIT_MS = 10_000;
const LOOK_EVERY_MS = 20;
const opened = new Map<TestServerName, Promise<{ readonly url: string }>>();

/**
 * The server that all test processes of a run share, by way of one keeper process which starts it for the first and stops it after the
 * last. It trades durability for speed (fsync off): a test that stops, kills or measures it starts one of its own.
 */
export function sharedPostgres(name: TestServerName): Promise<{ readonly url: string }> {
  const known = opened.get(name);
  if (known !== undefined) return known;
  const server = name === "given" ? Promise.resolve({ url: GIVEN_URL ?? "" }) : askKeeper(name);
  opened.set(name, server);
  return server;
}

/** What the keeper answers. */
export type KeeperAnswer = { readonly url: string } | { readonly error: string };

async function askKeeper(version: PostgresVersion): Promise<{ readonly url: string }> {
  const folder = meetingPlace();
  const answer = (await ask(folder, version)) ?? (await askNewKeeper(folder, version));
  if ("error" in answer) throw new Error(`The shared PostgreSQL ${version} did not start: ${answer.error}`);
  return answer;
}

/** One asker starts the keeper, the others wait for it: a lock of SQLite's goes with the process that holds it. */
async function askNewKeeper(folder: string, version: PostgresVersion): Promise<KeeperAnswer> {
  const deadline = performance.now() + KEEPER_LIMIT_MS;
  const lock = new DatabaseSync(join(folder, "lock.db"));
  try {
    let turn: "wait" | "locked" | "started" = "wait";
    while (performance.now() < deadline) {
      const answer = await ask(folder, version);
      if (answer !== null) return answer;
      if (turn === "locked") {
        startKeeper(folder); // no keeper was there, and no other process can start one now
        turn = "started";
      } else if (turn === "wait" && takeLock(lock)) {
        turn = "locked";
        continue;
      }
      await sleep(LOOK_EVERY_MS);
    }
    return { error: `no keeper listens in "${folder}"` };
  } finally {
    lock.close();
  }
}

function startKeeper(folder: string): void {
  const script = fileURLToPath(new URL("./keeper.ts", import.meta.url));
  spawn(process.execPath, ["-C", "perdure-source", script, folder], { detached: true, stdio: "ignore" }).unref();
}

function takeLock(lock: DatabaseSync): boolean {
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return true;
  } catch (error) {
    if (error instanceof Error && /locked/.test(error.message)) return false;
    throw error;
  }
}

/** Null when there is no keeper. The connection stays open for as long as this process lives: that is how the keeper knows. */
async function ask(folder: string, version: PostgresVersion): Promise<KeeperAnswer | null> {
  const socket = connect(keeperSocket(folder));
  const line = await new Promise<string | null>((resolve) => {
    let text = "";
    socket.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      if (text.endsWith("\n")) resolve(text);
    });
    socket.once("error", () => resolve(null)).once("close", () => resolve(null));
    socket.write(`${version}\n`);
  });
  if (line === null) socket.destroy();
  socket.on("error", () => {}).unref();
  return line === null ? null : (JSON.parse(line) as KeeperAnswer);
}

/** At the end of a run: the keeper leaves at once, if this process is its only guest, and not after a while without guests. */
export async function dismissKeeper(): Promise<void> {
  const socket = connect(keeperSocket(meetingPlace()));
  await new Promise<void>((resolve) => {
    socket.once("error", () => resolve()).once("close", () => resolve());
    socket.write(`${DISMISS}\n`);
    setTimeout(resolve, DISMISS_LIMIT_MS).unref();
  });
  socket.destroy();
}

export function keeperSocket(folder: string): string {
  return join(folder, "keeper.sock");
}

/** One for each user and repository: paths of sockets are short, so it is a hash. */
function meetingPlace(): string {
  const { uid } = userInfo();
  const place = createHash("sha256")
    .update(import.meta.url)
    .digest("hex")
    .slice(0, 12);
  const folder = join(tmpdir(), `perdure-keeper-${uid}-${place}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (lstatSync(folder).uid !== uid) throw new Error(`"${folder}" belongs to another user: remove it.`);
  return folder;
}
