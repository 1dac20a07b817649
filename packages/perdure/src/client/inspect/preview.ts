import { fitsBytes, utf8Bytes } from "../../model/payload.ts";
import type { PayloadPlace, Preview, PreviewText } from "./shown-payload.ts";
import type { InspectorOptions } from "./types.ts";

export type ShowPayload = NonNullable<InspectorOptions["shown"]>;

const ENCODER = new TextEncoder();

/** The beginning of a payload, in whole characters. */
export function previewText(payload: string, limit: number, shown: ShowPayload): PreviewText {
  const bytes = utf8Bytes(payload);
  const text = shown(payload);
  if (text === null) return { text, bytes, isCut: true };
  const isCut = !fitsBytes(text, limit);
  return { text: isCut ? beginning(text, limit) : text, bytes, isCut };
}

/** Of one that is kept, and can be read whole. */
export const previewOf = (payload: string, at: PayloadPlace, limit: number, shown: ShowPayload): Preview => ({
  ...previewText(payload, limit, shown),
  at,
});

function beginning(text: string, limit: number): string {
  const { read } = ENCODER.encodeInto(text.slice(0, limit), new Uint8Array(limit));
  return text.slice(0, read);
}

/** On one line, and no longer than a line. */
export function oneLine(text: string, most = 300): string {
  const line = text.trim().split(/[\r\n]/, 1)[0] ?? "";
  return line.length <= most ? line : `${line.slice(0, most - 1).toWellFormed()}…`;
}

/** The text of a failure, or of a reason, as it is kept in a row: a JSON string. */
export function textOfOutput(output: string): string {
  try {
    const value: unknown = JSON.parse(output);
    return typeof value === "string" ? value : output;
  } catch {
    return output;
  }
}
