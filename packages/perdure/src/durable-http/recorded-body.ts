import type { HttpAnswer } from "../model/http-call.ts";
import { headerOf } from "../model/http-call.ts";
import type { HopAnswer } from "./hop.ts";

const TEXT_TYPE = /^(text\/.*|[^/]+\/(.*\+)?(json|xml)|application\/(javascript|x-www-form-urlencoded|x-ndjson|graphql|yaml))$/;

/** Text where the type says text, or there is no type, and the bytes are such in their charset; all else in base64. */
export function recordedBody(answer: HopAnswer): Pick<HttpAnswer, "body" | "bodyEncoding"> {
  const [type = "", ...parameters] = (headerOf(answer, "content-type") ?? "")
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  if (type === "" || TEXT_TYPE.test(type)) {
    const charset = parameters
      .find((one) => one.startsWith("charset="))
      ?.slice("charset=".length)
      .replaceAll('"', "");
    const text = decoded(answer.body, charset ?? "utf-8");
    if (text !== null) return { body: text, bodyEncoding: "text" };
  }
  return { body: Buffer.from(answer.body).toString("base64"), bodyEncoding: "base64" };
}

function decoded(bytes: Uint8Array, charset: string): string | null {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return null; // not such text, or a charset that is not known here
  }
}
