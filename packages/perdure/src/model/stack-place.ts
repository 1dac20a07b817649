const PLACE = /^(?:[^()\s]+|(?:file:|\/|[A-Za-z]:[\\/]).*):\d+:\d+$/;
const LIBRARY = /[\\/]node_modules[\\/]/;

/** Of a line in the text of a stack: `file:line:column`, where the file may be a path with spaces; null: it has none. */
export function framePlace(line: string): string | null {
  const frame = /^ +at (?:async )?(.+)$/.exec(line)?.[1];
  if (frame === undefined) return null;
  const place = frame.endsWith(")") ? /^.*? \((.+)\)$/.exec(frame)?.[1] : frame;
  return place !== undefined && PLACE.test(place) ? place : null;
}

/** `path:line` of the innermost frame that is neither Node's nor of a library; null: there is none. */
export function authorPlace(stack: string | undefined): string | null {
  for (const line of (stack ?? "").split("\n")) {
    const place = framePlace(line);
    if (place !== null && !place.startsWith("node:") && !LIBRARY.test(place)) return pathOf(place.replace(/:\d+$/, ""));
  }
  return null;
}

/** Before a path of Windows the URL of a file has one more slash. */
function pathOf(place: string): string {
  if (!place.startsWith("file:")) return place;
  const path = place.replace(/^file:\/\/(?:\/(?=[A-Za-z]:\/))?/, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
