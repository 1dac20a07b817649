import { isRecord } from "../../model/options.ts";

/** What a text is, if it is an object in JSON; null: it is something else. */
export function jsonObject(text: string): { readonly [name: string]: unknown } | null {
  if (!text.trimStart().startsWith("{")) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}
