import { isBuiltIn } from "../errors/built-in-names.ts";
import type { InstanceId } from "../model/ids.ts";
import { instanceId as asInstanceId, isBuiltInId } from "../model/ids.ts";
import { checkedInstanceId } from "../model/start-options.ts";
import type { ClientFilter, StartParams } from "./types.ts";

/** What is part of Perdure has ids that no caller may choose. Throws INSTANCE_ID_INVALID. */
export const startId = ({ name, instanceId = "" }: StartParams): InstanceId =>
  isBuiltIn(name) ? asInstanceId(instanceId) : checkedInstanceId(instanceId);

/** Lists show what is part of Perdure only where its ids are asked for. */
const asksForBuiltIn = ({ idPrefix }: ClientFilter): boolean => idPrefix !== null && isBuiltInId(idPrefix);

/** To a store they look like entities. */
export const storeFilter = <Filter extends ClientFilter>(filter: Filter): Filter =>
  asksForBuiltIn(filter) ? { ...filter, showEntities: true } : filter;

export const shownRows = <Row extends { readonly instanceId: InstanceId }>(query: ClientFilter, rows: readonly Row[]): readonly Row[] =>
  asksForBuiltIn(query) ? rows : rows.filter(({ instanceId }) => !isBuiltInId(instanceId));
