export type QueueEncoding = "base64" | "none";

/** Bytes stay as they are in base64 only: a queue has texts. */
export function encodedText(content: string | Buffer, encoding: QueueEncoding): string {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  return bytes.toString(encoding === "base64" ? "base64" : "utf8");
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Null: it is not encoded as it should be. */
export function decodedText(text: string, encoding: QueueEncoding): string | null {
  if (encoding === "none") return text;
  return BASE64.test(text.trim()) ? Buffer.from(text, "base64").toString("utf8") : null;
}
