import { createHash } from "node:crypto";

/** Namespace of Durable Task's deterministic guids. */
const NAMESPACE = Buffer.from("9e9529585e334daf827f2fa12937b875", "hex");

/** Version 5 (SHA-1) uuid of `name`. */
export function nameGuid(name: string): string {
  const bytes = createHash("sha1").update(NAMESPACE).update(name, "utf8").digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return dashed(bytes.toString("hex"));
}

/** 32 hex digits as 8-4-4-4-12. */
export const dashed = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
