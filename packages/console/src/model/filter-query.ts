import type { InstanceFilter } from "../api/wire.ts";

/** A filter of the host as the address of a list. Times go: a link says spans. */
export function filterQuery({ status, open, stopped, name, version, idPrefix, tag, parentId, errorText }: InstanceFilter): URLSearchParams {
  const parts: readonly (readonly [string, string | undefined])[] = [
    ["status", status?.join(",")],
    ["open", open ? "1" : undefined],
    ["stopped", stopped ? "1" : undefined],
    ["name", name],
    ["version", version],
    ["id", idPrefix],
    ["tag", tag?.join(",")],
    ["parent", parentId],
    ["error", errorText],
  ];
  return new URLSearchParams(parts.flatMap(([key, value]) => (value === undefined || value === "" ? [] : [[key, value]])));
}
