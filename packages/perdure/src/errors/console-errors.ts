import { entry } from "./entry.ts";

/** The part of the catalogue for the web console. */
export const CONSOLE_ERRORS = {
  CONSOLE_SIGN_IN: entry(
    "client",
    401,
    () => "The console asks for a key: sign in with one that the host was started with (--key, or --read-key).",
  ),
  CONSOLE_KEY_WRONG: entry(
    "client",
    401,
    () => "That is not a key of this host. Take the one that the host was started with (--key, or --read-key to read only).",
  ),
  CONSOLE_READ_ONLY: entry(
    "client",
    403,
    (what: string) => `${what} changes something, and this session may only read. Sign in with a key of --key.`,
  ),
  CONSOLE_FOREIGN_PAGE: entry(
    "client",
    403,
    (problem: string) =>
      `The request was refused, because it does not look like one of the console's own page: ${problem}. Nothing was done. Scripts use the management API.`,
  ),
  CONSOLE_NOT_FOUND: entry("client", 404, (what: string) => `The console has nothing at ${what}. Check the address.`),
  CONSOLE_PAYLOADS_HIDDEN: entry(
    "client",
    403,
    () => "This host shows no payloads (--console-payloads hide). Read it with the command line or the management API.",
  ),
  CONSOLE_BULK_UNKNOWN: entry(
    "client",
    404,
    (run: string) =>
      `This host has no bulk run "${run}". Runs are in the memory of the host that began them: what one has done is done. Look at the list, and begin another for the rest.`,
  ),
  CONSOLE_NOT_BUILT: entry(
    "internal",
    500,
    (folder: string) =>
      `The page of the console is not built: ${folder} has no index.html. In the repository "npm run build" writes it; an installed package without it is damaged, so install it again.`,
  ),
  CONSOLE_FAILED: entry("internal", 500, (what: string) => `${what} failed inside the host. Its log has the error.`),
} as const;
