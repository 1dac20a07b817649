/**
 * Payloads go out as the JSON text that they are: no value is built and written again, so a number keeps all its digits. Text that is not JSON
 * (a store may hold it) becomes a JSON string, blank text the empty string, null stays null.
 */
export function payloadJson(text: string | null): string {
  if (text === null) return "null";
  const trimmed = text.trim();
  if (trimmed === "") return '""';
  return isJson(trimmed) ? trimmed : JSON.stringify(text);
}

/**
 * Long strings are recognized by their first and last character, and not parsed: they are only passed on, and a codec has to write JSON. A codec that writes
 * something else encrypts or compresses, so its strings begin and end in another way.
 */
const SHORT_CHARS = 1_000;
const ENDS: readonly string[] = ["[]", "{}", '""'];

export function isJson(text: string): boolean {
  if (text.length > SHORT_CHARS && ENDS.includes(`${text[0]}${text.at(-1)}`)) return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON of an object whose members' values are JSON already; members without a value are left out. */
export function jsonObject(members: { readonly [name: string]: string | undefined }): string {
  const parts: string[] = [];
  for (const [name, json] of Object.entries(members)) {
    if (json !== undefined) parts.push(`${JSON.stringify(name)}:${json}`);
  }
  return `{${parts.join(",")}}`;
}

export const jsonArray = (items: readonly string[]): string => `[${items.join(",")}]`;
