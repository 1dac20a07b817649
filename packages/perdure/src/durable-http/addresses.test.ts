import assert from "node:assert/strict";
import { isIP } from "node:net";
import { test } from "node:test";
import { isPrivate } from "./addresses.ts";

const is = (address: string) => isPrivate({ address, family: isIP(address) });

test("addresses of this machine, of private networks and of no host are told from public ones, in both forms", () => {
  const closed = [
    ...["127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"],
    ...["100.64.0.1", "192.0.0.8", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"],
    ...["::1", "::", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "fec0::1"],
    ...["::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"],
  ];
  const open = ["1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "192.167.1.1", "100.63.0.1", "100.128.0.1", "223.255.255.255"];
  const openSix = ["2606:4700:4700::1111", "2001:db8::1", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"];
  assert.deepEqual(
    closed.filter((address) => !is(address)),
    [],
  );
  assert.deepEqual(
    [...open, ...openSix].filter((address) => is(address)),
    [],
  );
});
