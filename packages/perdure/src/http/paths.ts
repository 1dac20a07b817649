export const DEFAULT_BASE_PATH = "/runtime/webhooks/durabletask";

/** Of plain names, such as "/console". */
export const isPlainPath = (path: string): boolean => /^(\/[\w.~-]+)+$/.test(path);

/** Without case, as the whole wire reads the fixed parts of a path. */
export const isBelow = (path: string, base: string): boolean =>
  path.length >= base.length &&
  path.slice(0, base.length).toLowerCase() === base.toLowerCase() &&
  (path.length === base.length || path[base.length] === "/");

/** The rest of the path below the mount, or null when it is not below it. */
export function below(path: string, mountPath: string): string | null {
  if (mountPath === "") return path;
  return isBelow(path, mountPath) ? path.slice(mountPath.length) || "/" : null;
}
