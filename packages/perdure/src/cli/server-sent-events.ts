export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** Events of a stream in the standard's form, as they come. Comments, ids and the time for a retry are left out. */
export async function* serverSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent, void, undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const lines = text.slice(0, end).split("\n");
      text = text.slice(end + 2);
      const of = (field: string) => lines.filter((line) => line.startsWith(`${field}: `)).map((line) => line.slice(field.length + 2));
      const [event] = of("event");
      if (event !== undefined) yield { event, data: of("data").join("\n") };
    }
  }
}
