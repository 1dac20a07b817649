import assert from "node:assert/strict";
import { once } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import { request } from "node:http";

/** A POST whose body is sent piece by piece while its answer is read. */
export class Upload {
  readonly #request: ClientRequest;
  readonly #answer: Promise<IncomingMessage>;
  #text = "";

  constructor(url: string, headers: { readonly [name: string]: string } = {}) {
    this.#request = request(url, { method: "POST", headers, agent: false });
    this.#request.on("error", () => {}); // an answer may come before all was sent
    this.#answer = once(this.#request, "response").then(([response]) => response as IncomingMessage);
    this.#answer.catch(() => {});
    this.#request.flushHeaders();
  }

  /** Resolves when there is room for more. */
  async write(piece: string | Uint8Array): Promise<void> {
    if (!this.#request.write(piece)) await once(this.#request, "drain");
  }

  end(): void {
    this.#request.end();
  }

  async status(): Promise<number | undefined> {
    return (await this.#answer).statusCode;
  }

  /** Reads the answer until it has this text. */
  async says(text: string): Promise<void> {
    const response = await this.#answer;
    while (!this.#text.endsWith(text)) {
      const chunk: unknown = response.read();
      if (chunk !== null) this.#text += String(chunk);
      else {
        assert.ok(!response.readableEnded, `"${text}" after "${this.#text}"`);
        await once(response, "readable");
      }
    }
  }

  async rest(): Promise<string> {
    for await (const chunk of await this.#answer) this.#text += String(chunk);
    return this.#text;
  }
}
