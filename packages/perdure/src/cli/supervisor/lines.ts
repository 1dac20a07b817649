import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** A string without an end is given out in pieces of this length, so that it cannot fill the memory. */
const LONGEST_LINE = 1_048_576;

/** Whole lines of another process, so that those of several do not mix. */
export function onLines(stream: Readable, take: (line: string) => void): void {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  stream.on("data", (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) take(line);
    if (rest.length < LONGEST_LINE) return;
    take(rest);
    rest = "";
  });
  stream.on("end", () => {
    if (rest !== "") take(rest);
  });
}
