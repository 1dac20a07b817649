/** Values of hex digits in lower case, by their codes; below 0: it is none. */
const DIGITS = new Int8Array(256).fill(-1);
for (let value = 0; value < 16; value += 1) DIGITS[value.toString(16).charCodeAt(0)] = value;

/** Of all digits together; below 0: one of them is none. An expression takes three times as long. */
export function bitsOf(text: string, from: number, to: number): number {
  let bits = 0;
  for (let index = from; index < to; index += 1) bits |= DIGITS[text.charCodeAt(index)] ?? -1;
  return bits;
}
