import assert from "node:assert/strict";
import type { StreamMessage } from "../../../src/console/wire.ts";

/** What a browser makes of it. */
export async function* messagesOf({ body }: Response): AsyncGenerator<StreamMessage> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const [, type, data] = /^event: (\w+)\ndata: (.*)$/.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      if (type !== undefined) yield { type, data: JSON.parse(data ?? "") } as StreamMessage;
    }
  }
}

/** The next message of that kind that fits. */
export async function next<Type extends StreamMessage["type"]>(
  messages: AsyncGenerator<StreamMessage>,
  type: Type,
  fits: (data: Extract<StreamMessage, { readonly type: Type }>["data"]) => boolean = () => true,
): Promise<Extract<StreamMessage, { readonly type: Type }>["data"]> {
  for (;;) {
    const { value, done } = await messages.next();
    assert.equal(done, false, "the stream has ended");
    if (value?.type === type && fits(value.data as never)) return value.data as never;
  }
}
