// Run as a process of its own: `keeper.ts FOLDER`. Starts the servers that test processes ask for, and stops them when no process asks any more.
import { rmSync } from "node:fs";
import type { Socket } from "node:net";
import { createServer } from "node:net";
import type { PostgresVersion } from "./binaries.ts";
import type { PostgresServer } from "./server.ts";
import { startPostgres } from "./server.ts";
import type { KeeperAnswer } from "./shared-server.ts";
import { DISMISS, keeperSocket } from "./shared-server.ts";

/** From the end of one test file to the first connection of the next, on two busy cores. */
const LINGER_MS = 2_000;
/** Of a run that has ended: its last processes close their connections. */
const OTHERS_MS = 1_000;
/** Nothing on it outlives the run: what a crash would lose does not matter. Each connection maps the buffers: fewer of them, and it costs less to open. */
const SETTINGS = {
  fsync: "off",
  full_page_writes: "off",
  max_connections: "300",
  shared_buffers: "16MB",
  wal_level: "minimal",
  max_wal_senders: "0",
};

const path = keeperSocket(process.argv[2] ?? "");
const servers = new Map<PostgresVersion, Promise<PostgresServer>>();
const guests = new Set<Socket>();
const dismissing = new Set<Socket>();
let going: NodeJS.Timeout | undefined;
let leaving = false;

function server(version: PostgresVersion): Promise<PostgresServer> {
  const known = servers.get(version);
  if (known !== undefined) return known;
  const started = startPostgres({ version, settings: SETTINGS, collation: version === "14" ? "bytes" : "linguistic" });
  servers.set(version, started);
  return started;
}

async function answer(version: string): Promise<KeeperAnswer> {
  try {
    const { url } = await server(version === "14" ? "14" : "18");
    return { url };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function linger(): void {
  clearTimeout(going);
  if (guests.size === 0) going = setTimeout(() => void leave(), LINGER_MS);
}

function leaveWhenDismissed(): void {
  if (dismissing.size > 0 && [...guests].every((guest) => dismissing.has(guest))) void leave();
}

async function leave(): Promise<void> {
  if (leaving) return;
  leaving = true;
  door.close(); // removes the socket: who comes now starts another keeper
  await Promise.allSettled([...servers.values()].map(async (one) => (await one).stop()));
  process.exit(0);
}

const door = createServer((guest) => {
  guests.add(guest);
  clearTimeout(going);
  guest.setEncoding("utf8").on("data", (line: string) => {
    if (line.trim() === DISMISS) {
      // Its connection closes with this process, or soon if others need the servers.
      dismissing.add(guest);
      setTimeout(() => guest.end(), OTHERS_MS);
      leaveWhenDismissed();
      return;
    }
    void answer(line.trim()).then((said) => guest.write(`${JSON.stringify(said)}\n`));
  });
  guest.on("error", () => {});
  guest.on("close", () => {
    guests.delete(guest);
    leaveWhenDismissed();
    linger();
  });
});

// A process that starts a keeper holds the lock and has found no keeper here: a socket that lies about was left by a crash.
rmSync(path, { force: true });
door.listen(path, linger);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void leave());
