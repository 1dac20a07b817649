// As much of PostgreSQL's wire protocol as a proxy must know: https://www.postgresql.org/docs/current/protocol-message-formats.html

/** `NotificationResponse`: what a LISTENing client gets for a NOTIFY. */
export const NOTIFICATION = "A".charCodeAt(0);

/** `ReadyForQuery`: the end of an answer. */
export const READY_FOR_QUERY = "Z".charCodeAt(0);

const ENCRYPTION_REQUESTS: readonly number[] = [80_877_103, 80_877_104]; // TLS, GSSAPI
const HEADER_BYTES = 5;

/** The only question that is answered by a single byte: the proxy says no to it by itself. */
export function isEncryptionRequest(bytes: Buffer): boolean {
  return bytes.length === 8 && bytes.readInt32BE(0) === 8 && ENCRYPTION_REQUESTS.includes(bytes.readInt32BE(4));
}

/** Cuts what a server sends into messages: one byte of type, four of length, the rest. */
export class MessageSplitter {
  #rest: Buffer = Buffer.alloc(0);

  take(bytes: Buffer): readonly Buffer[] {
    const messages: Buffer[] = [];
    let text = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (text.length >= HEADER_BYTES) {
      const length = 1 + text.readInt32BE(1);
      if (text.length < length) break;
      messages.push(text.subarray(0, length));
      text = text.subarray(length);
    }
    this.#rest = text;
    return messages;
  }
}
