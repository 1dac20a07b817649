import type { HistoryItem, Preview } from "../api/wire.ts";

/** An event as it was recorded: payloads stand in it as they are, with all their digits; one that was cut says so. */
export function eventJson({ event }: HistoryItem): string {
  return objectText(event);
}

/** Of several, as a list, one on a line. */
export const historyJson = (items: readonly HistoryItem[]): string => `[\n${items.map(eventJson).join(",\n")}\n]`;

function valueText(value: unknown): string {
  if (isPreview(value)) return previewText(value);
  if (Array.isArray(value)) return `[${value.map(valueText).join(",")}]`;
  return typeof value === "object" && value !== null ? objectText(value) : JSON.stringify(value);
}

function objectText(value: object): string {
  const fields = Object.entries(value).flatMap(([name, field]) =>
    field === undefined ? [] : [`${JSON.stringify(name)}:${valueText(field)}`],
  );
  return `{${fields.join(",")}}`;
}

function previewText({ text, bytes, isCut, at }: Preview): string {
  if (text !== null && !isCut) return text;
  return JSON.stringify({ bytes, ...(text === null ? {} : { beginsWith: text }), at });
}

export function isPreview(value: unknown): value is Preview {
  return typeof value === "object" && value !== null && "isCut" in value && "bytes" in value && "at" in value && "text" in value;
}
