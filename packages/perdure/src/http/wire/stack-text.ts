/** `at pay (PLACE)`, `at PLACE`, `at async PLACE`. */
const FRAME = /^(\s+at (?:async )?)(.*)$/s;
const ABSOLUTE = /^(?:file:\/\/|[\\/]|[a-z]:[\\/])/i;

/** A stack with the names of files, and without the folders of the machine that they are in: who may read a history need not know those. */
export const withoutFolders = (stack: string): string => stack.split("\n").map(frameWithoutFolders).join("\n");

function frameWithoutFolders(line: string): string {
  const [, start, frame] = FRAME.exec(line) ?? [];
  if (start === undefined || frame === undefined) return line;
  const bracket = frame.endsWith(")") ? frame.indexOf("(") + 1 : 0;
  const place = frame.slice(bracket);
  const shown = ABSOLUTE.test(place) ? place.slice(Math.max(place.lastIndexOf("/"), place.lastIndexOf("\\")) + 1) : inner(place);
  return start + frame.slice(0, bracket) + shown;
}

/** Code that was made of a string names the place that made it. */
const inner = (place: string): string => place.replaceAll(/file:\/\/[^\s()]*\//g, "");
