import { say } from "../../state/toasts.ts";
import { CANNOT_COPY, copyText } from "../../widgets/copy-text.ts";

/** Copies a text, for what has no place of its own to show that it did. */
export function copyAndSay(text: string, done: string): void {
  void copyText(text).then((isCopied) => say(isCopied ? done : `${CANNOT_COPY}.`, { isProblem: !isCopied }));
}
