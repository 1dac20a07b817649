let isWatched = false;

/** One line on standard error, or nothing. */
export const stderrLine = (line: string): void => passToStderr(`${line}\n`);

/**
 * Text or bytes on standard error, or nothing. A stream whose reader is gone (EPIPE) emits its error later, and one without a listener ends the
 * process; `console.error`, which listens while it writes, misses some of them (Node 26). So the listener stays, from the first write on.
 */
export function passToStderr(text: string | Uint8Array): void {
  try {
    if (!isWatched) process.stderr.on("error", () => {});
    isWatched = true;
    process.stderr.write(text);
  } catch {
    // There is no place left to report it.
  }
}
