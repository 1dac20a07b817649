let isWatched = false;

/**
 * One line on standard error, or nothing. A stream whose reader is gone (EPIPE) emits its error later, and one without a listener ends the
 * process; `console.error`, which listens while it writes, misses some of them (Node 26). So the listener stays, from the first line on.
 */
export function stderrLine(line: string): void {
  try {
    if (!isWatched) process.stderr.on("error", () => {});
    isWatched = true;
    process.stderr.write(`${line}\n`);
  } catch {
    // There is no place left to report it.
  }
}
