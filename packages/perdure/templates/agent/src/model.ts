import { setTimeout as pause } from "node:timers/promises";

export interface Turn {
  readonly role: "user" | "assistant" | "tool";
  readonly text: string;
}

export interface ToolCall {
  readonly tool: string;
  readonly input: string;
}

/** Stands in for a model, so that the app runs without a key: it asks for one tool, then reports. Put the streaming call of your service here. */
export async function* answer(turns: readonly Turn[], signal: AbortSignal): AsyncIterable<string> {
  const question = turns[0]?.text ?? "";
  const last = turns.at(-1);
  const order = /\d+/.exec(question)?.[0] ?? "7";
  const text =
    last?.role === "tool"
      ? `I am done. This is what the shop said: ${last.text}.`
      : `Let me see. You wrote: "${question}". That is within the rules, so I would like to refund the order.\nTOOL refund ${order}`;
  for (const words of text.split(/(?<=\s)/)) {
    await pause(30, undefined, { signal });
    yield words;
  }
}

/** What an answer asks for; null: it is the final one. */
export function toolCallIn(text: string): ToolCall | null {
  const [, tool = "", input = ""] = /^TOOL (\w+) (.*)$/m.exec(text) ?? [];
  return tool === "" ? null : { tool, input };
}
