import { get } from "../api/client.ts";
import type { FunctionList, InstanceList } from "../api/wire.ts";
import { hrefOf, instanceHref } from "../model/routes.ts";

export interface Found {
  readonly href: string;
  readonly text: string;
  readonly note: string;
  readonly kind: "instance" | "function" | "entity";
}

const MOST = 6;

/** Instances whose id begins so, and functions that have it in their name. An id of an entity is one, too. */
export async function find(text: string, signal: AbortSignal): Promise<readonly Found[]> {
  const wanted = text.trim();
  if (wanted === "") return [];
  const [{ rows }, { functions }] = await Promise.all([
    get<InstanceList>("/instances", { idPrefix: wanted, limit: MOST }, signal),
    get<FunctionList>("/functions", {}, signal),
  ]);
  const named = functions.filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase())).slice(0, MOST);
  return [
    ...(wanted.startsWith("@") ? [{ href: hrefOf("entities", [wanted]), text: wanted, note: "entity", kind: "entity" as const }] : []),
    ...rows.map(({ id, name, status }) => ({ href: instanceHref(id), text: id, note: `${name} · ${status}`, kind: "instance" as const })),
    ...named.map(({ name, kind }) => ({ href: hrefOf("functions", [name]), text: name, note: kind, kind: "function" as const })),
  ];
}
