import type { LookupAddress } from "node:dns";
import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import type { HubHttp } from "../functions/http-calls.ts";
import { httpFault } from "./http-call-error.ts";

/** Networks that are not the public internet: this machine, private and link-local ones, those of carriers, and what no host has. */
const PRIVATE = new BlockList();
const NETWORKS_4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 3],
];
const NETWORKS_6: readonly (readonly [string, number])[] = [
  ["::", 127],
  ["64:ff9b:1::", 48],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
];
for (const [network, bits] of NETWORKS_4) {
  PRIVATE.addSubnet(network, bits, "ipv4");
  // A gateway leads these to the address of version 4 in them.
  PRIVATE.addSubnet(`64:ff9b::${network}`, 96 + bits, "ipv6");
}
for (const [network, bits] of NETWORKS_6) PRIVATE.addSubnet(network, bits, "ipv6");

/** Addresses of version 4 that are written as version 6 (::ffff:10.0.0.1) count as what they are. */
export const isPrivate = ({ address, family }: LookupAddress): boolean => PRIVATE.check(address, family === 6 ? "ipv6" : "ipv4");

/**
 * The addresses that a request may be sent to. The connection goes to one of them and to no other: were the name looked up again, another answer could lead
 * to another place. Throws HttpCallError.
 */
export async function allowedAddresses(method: string, url: URL, { allow, privateNetworks }: HubHttp): Promise<readonly LookupAddress[]> {
  const found = await addressesOf(method, url);
  const open = privateNetworks ? found : found.filter((one) => !isPrivate(one));
  const named = (addresses: readonly LookupAddress[]) => addresses.map(({ address }) => address).join(", ");
  if (open.length === 0) throw httpFault("HTTP_CALL_REFUSED", method, url.href, named(found), "private");
  const allowed = allow === null ? open : open.filter(({ address }) => allow(new URL(url), address) === true);
  if (allowed.length === 0) throw httpFault("HTTP_CALL_REFUSED", method, url.href, named(open), "notAllowed");
  return allowed;
}

async function addressesOf(method: string, url: URL): Promise<readonly LookupAddress[]> {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  try {
    return await lookup(host, { all: true });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "no answer";
    throw httpFault("HTTP_CALL_FAILED", method, url.href, `the name ${host} was not found (${code})`);
  }
}
