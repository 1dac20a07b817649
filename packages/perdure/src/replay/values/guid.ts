import { nodeCrypto } from "../../process/node-crypto.ts";

/** Namespace of Durable Task's deterministic guids. */
const NAMESPACE = Buffer.from("9e9529585e334daf827f2fa12937b875", "hex");

/** Version 5 (SHA-1) uuid of `name`. */
export function nameGuid(name: string): string {
  const hex = nodeCrypto().hash("sha1", Buffer.concat([NAMESPACE, Buffer.from(name, "utf8")]), "hex");
  const variant = (Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8;
  return dashed(`${hex.slice(0, 12)}5${hex.slice(13, 16)}${variant.toString(16)}${hex.slice(17, 32)}`);
}

/** 32 hex digits as 8-4-4-4-12. */
export const dashed = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
