import type { InstanceId, InstanceNo } from "../model/ids.ts";
import type { Message } from "../model/message.ts";

/** What an instance says to another in a commit. */
export interface Outgoing {
  readonly to: { readonly no: InstanceNo } | { readonly instanceId: InstanceId };
  readonly message: Message;
}
