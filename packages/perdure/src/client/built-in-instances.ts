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

/** For lists and counts. */
export const withoutBuiltIn = <Filter extends ClientFilter>(filter: Filter): Filter & { readonly showBuiltIn: boolean } =>
  asksForBuiltIn(filter) ? { ...filter, showEntities: true, showBuiltIn: true } : { ...filter, showBuiltIn: false };
