/** `application/x-www-form-urlencoded` as .NET writes it: a blank is "+", and "~" and "'" are escaped too. */
export const formEncode = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replaceAll("%20", "+").replaceAll("~", "%7E").replaceAll("'", "%27");

const ESCAPES = /(?:%[0-9a-f]{2})+/gi;

/** Never fails: bytes that are not UTF-8 become U+FFFD, a "%" without two hex digits stays. */
export const formDecode = (text: string): string => text.replaceAll("+", " ").replace(ESCAPES, decodeRun);

/** As {@link formDecode}, for path segments of client functions, where "+" means itself. */
export const percentDecode = (text: string): string => text.replace(ESCAPES, decodeRun);

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function decodeRun(run: string): string {
  const bytes = new Uint8Array(run.length / 3);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(run.slice(i * 3 + 1, i * 3 + 3), 16);
  return decoder.decode(bytes);
}
