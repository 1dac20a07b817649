import { userFrame } from "../../replay/failures/stack.ts";

const LIBRARY = /[\\/]node_modules[\\/]/;

/** `FILE:LINE` of the app that has called this, by the text of the stack, which Node has put back to the lines of sources where they are compiled; null: it is not known. */
export function authorPlace(below: (...args: never[]) => unknown): string | null {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, below);
  const frames = (holder.stack ?? "").split("\n").filter((frame) => !LIBRARY.test(frame));
  const frame = userFrame(frames.join("\n"));
  return frame === null ? null : frame.replace(/^file:\/\//, "").replace(/:\d+$/, "");
}
