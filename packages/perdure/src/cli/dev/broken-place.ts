import { execFile } from "node:child_process";
import { userFrame } from "../../replay/failures/stack.ts";
import { isError } from "../../telemetry/value-text.ts";

export interface Place {
  readonly file: string;
  readonly line: number;
}

const SCRIPT = /\.[cm]?js$/;
const MOST_FILES = 20;

/** Where code could not be loaded; null: it is not known. `changed`: files in which the cause may be. */
export async function brokenPlace(error: unknown, changed: readonly string[]): Promise<Place | null> {
  for (let at = error; isError(at); at = at.cause) {
    const place = placeInStack(at.stack ?? "");
    if (place !== null) return place;
  }
  for (const file of changed.filter((path) => SCRIPT.test(path)).slice(0, MOST_FILES)) {
    const place = await syntaxPlace(file);
    if (place !== null) return place;
  }
  return null;
}

/** Node writes the place of some errors before all else; of others it is the first frame. */
function placeInStack(stack: string): Place | null {
  const [first = ""] = stack.split("\n", 1);
  return placeIn(first) ?? placeIn((userFrame(stack) ?? "").replace(/:\d+$/, ""));
}

/** Errors of syntax in ECMAScript modules have no place. Only a check of the file says it. */
const syntaxPlace = (file: string): Promise<Place | null> =>
  new Promise((resolve) => {
    execFile(process.execPath, ["--check", file], (failed, _out, said) => {
      resolve(failed === null ? null : placeIn(said.split("\n", 1)[0] ?? ""));
    });
  });

function placeIn(text: string): Place | null {
  const found = /^(?:file:\/\/)?(\/.+|[A-Za-z]:\\.+):(\d+)$/.exec(text);
  return found === null ? null : { file: found[1] ?? "", line: Number(found[2]) };
}
