/** Control characters, halves of surrogate pairs, line separators, and the marks that turn the direction of writing. */
const HIDDEN = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
const HIDDEN_IN_LINE = /[^\P{Cc}\n\t]|[\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

const SHORT: { readonly [char: string]: string } = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

const escaped = (char: string): string => SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;

/**
 * A string that came from outside (an id, the name of an event, a reason, a message) for a line that a person reads: what would move the cursor,
 * colour a terminal, begin another line of a log or show letters in another order is written as its escape. Ordinary text stays as it is. JSON
 * stays JSON of the same value.
 */
export const visible = (text: string): string => text.replace(HIDDEN, escaped);

/** The same for a stack or a message of several lines. */
export const visibleLines = (text: string): string => text.replace(HIDDEN_IN_LINE, escaped);
