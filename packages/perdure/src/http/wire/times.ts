import { isoTime } from "../../model/time.ts";

/** `yyyy-MM-ddTHH:mm:ssZ`: the status object has whole seconds, cut off. */
export const wholeSeconds = (ms: number): string => `${isoTime(ms).slice(0, 19)}Z`;

/** As .NET's JSON writer does: the fraction without trailing zeros, none for a whole second. */
export function fullTime(ms: number): string {
  const iso = isoTime(ms);
  const fraction = iso.slice(20, 23).replace(/0+$/, "");
  return `${iso.slice(0, 19)}${fraction === "" ? "" : `.${fraction}`}Z`;
}
