import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { npm } from "../npm.ts";
import { PEERS } from "../paths.ts";
import type { StoreName } from "../store-choice.ts";

/** What we compare with, pinned: a number in the docs names the version it was measured against. */
export const PEER_PACKAGES = {
  "@microsoft/durabletask-js": "0.4.0",
  openworkflow: "0.10.1",
  "@dbos-inc/dbos-sdk": "5.3.0",
} as const;

/** Where each keeps its data. */
const PEER_STORES = { "durabletask-js": "memory", openworkflow: "sqlite", dbos: "postgres" } as const satisfies Readonly<
  Record<string, StoreName>
>;

export type PeerName = keyof typeof PEER_STORES;

/** `ours`: the store on which ours runs. */
export const storeOf = (name: PeerName | null, ours: StoreName): StoreName => (name === null ? ours : PEER_STORES[name]);

/** A server is compared with what runs on the same server, everything embedded with everything embedded. */
export function peersOn(store: StoreName): readonly PeerName[] {
  return store === "postgres" ? ["dbos"] : ["durabletask-js", "openworkflow"];
}

/** Puts the peers under bench/peers when they are not there yet: outside the root install, so that only a comparison installs them. */
export async function ensurePeers(say: (line: string) => void): Promise<void> {
  if (Object.entries(PEER_PACKAGES).every(([name, version]) => installedVersion(name) === version)) return;
  const wanted = Object.entries(PEER_PACKAGES).map(([name, version]) => `${name}@${version}`);
  say(`Installing ${wanted.join(", ")} in bench/peers (first use) …`);
  mkdirSync(PEERS, { recursive: true });
  const manifest = { name: "perdure-bench-peers", private: true, type: "module", dependencies: PEER_PACKAGES };
  writeFileSync(`${PEERS}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
  await npm(["install", "--prefix", PEERS, "--ignore-scripts", "--no-audit", "--no-fund"], PEERS);
  for (const [name, version] of Object.entries(PEER_PACKAGES)) {
    const found = installedVersion(name);
    if (found !== version)
      throw new Error(
        `npm installed ${name} ${found ?? "(nothing)"} in bench/peers instead of ${version}; remove bench/peers and try again`,
      );
  }
}

function installedVersion(name: string): string | null {
  const manifest = `${PEERS}/node_modules/${name}/package.json`;
  if (!existsSync(manifest)) return null;
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly version?: unknown };
  return typeof version === "string" ? version : null;
}
