export type QueueEncoding = "base64" | "none";

export const encodedText = (text: string, encoding: QueueEncoding): string =>
  encoding === "base64" ? Buffer.from(text, "utf8").toString("base64") : text;

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Null: it is not encoded as it should be. */
export function decodedText(text: string, encoding: QueueEncoding): string | null {
  if (encoding === "none") return text;
  return BASE64.test(text.trim()) ? Buffer.from(text, "base64").toString("utf8") : null;
}
