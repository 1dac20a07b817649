import { writeSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import type { PlacedCall } from "./call-memory.ts";
import type { Frame } from "./frames.ts";
import type { GuestSetup } from "./guest.ts";
import type { WireError } from "./wire-error.ts";

/**
 * Pipes between the host and a process that runs an app, by their numbers in that process. They are our own, and not Node's channel for messages: `process.send`
 * of the app stays what it is in any program, and what the process says leaves it before `writeSync` returns, so that nothing is lost with it.
 */
export const PIPES = { toApp: 3, fromApp: 4, watch: 5 } as const;

/** The first that a process is told. */
export interface ProcessData {
  readonly setup: GuestSetup;
  /** URL of the thread that watches it. */
  readonly watch: string;
}

/** The last that a process says, where it still can. */
export interface LastWords {
  readonly accused: number | "none" | null;
  /** Of all that it was given. */
  readonly begun: readonly PlacedCall[];
  readonly wasAborted: boolean;
  /** What nothing caught. */
  readonly uncaught: { readonly reason: string; readonly error: WireError } | null;
}

/** To the thread that watches a process. */
export type ToWatch =
  | { readonly kind: "withdraw"; readonly calls: readonly PlacedCall[] }
  /** The calls that the process is in · where it computes · how much of its heap it uses. */
  | { readonly kind: "frames" | "profile" | "heap"; readonly ask: number };

export interface ProcessState {
  readonly kind: "state";
  readonly turns: number;
  /** Told of a process that takes no messages, as is what follows. */
  readonly begun: readonly PlacedCall[];
  /** Lines of its board. */
  readonly answers: readonly string[];
  readonly running: number | null;
}

export type FromWatch =
  | ProcessState
  /** For each of them. */
  | { readonly kind: "withdrawn"; readonly isTaken: readonly boolean[] }
  | { readonly kind: "told"; readonly ask: number; readonly value: unknown };

/** A frame with one value for the line itself in place of messages. */
export const lineFrame = (value: ProcessData | LastWords | ToWatch | FromWatch): Frame => ["", value];

const LENGTH_BYTES = 4;
const KIND_BYTES = 1;
const HEAD = LENGTH_BYTES + KIND_BYTES;
const TEXT = 0;
const VALUES = 1;

/**
 * A frame as bytes, their number before them. Text alone goes as text: a small call and its answer take 40 µs of the host's processor time so, and 60 as serialised values;
 * what is beside the text is serialised: as JSON text a payload of 1 MB takes 5.7 ms, and 3.4 so (there and back, Node 26.10, 2026-11-30, beside other work).
 */
export function packet(frame: Frame): Buffer {
  const [text] = frame;
  if (frame.length > 1) return headed(serialize(frame), VALUES);
  const bytes = Buffer.allocUnsafe(HEAD + Buffer.byteLength(text));
  bytes.write(text, HEAD);
  return withHead(bytes, TEXT);
}

const headed = (body: Buffer, kind: number): Buffer => withHead(Buffer.concat([Buffer.allocUnsafe(HEAD), body]), kind);

function withHead(bytes: Buffer, kind: number): Buffer {
  bytes.writeUInt32LE(bytes.length - HEAD, 0);
  bytes.writeUInt8(kind, LENGTH_BYTES);
  return bytes;
}

/** Puts together what a pipe gives in pieces. */
export class PacketReader {
  readonly #received: (frame: Frame) => void;
  #pieces: Buffer[] = [];
  #size = 0;
  /** So many bytes must be there before the pieces are looked at again. */
  #wanted = HEAD;

  constructor(received: (frame: Frame) => void) {
    this.#received = received;
  }

  add(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#size += piece.length;
    if (this.#size < this.#wanted) return;
    let rest = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces, this.#size);
    for (;;) {
      this.#wanted = rest.length < HEAD ? HEAD : HEAD + rest.readUInt32LE(0);
      if (rest.length < this.#wanted) break;
      const body = rest.subarray(HEAD, this.#wanted);
      const kind = rest.readUInt8(LENGTH_BYTES);
      rest = rest.subarray(this.#wanted);
      this.#received(kind === TEXT ? [body.toString()] : (deserialize(body) as Frame));
    }
    this.#pieces = [rest];
    this.#size = rest.length;
  }
}

/** Returns when the bytes are with the system: whatever becomes of this process, they arrive. */
export function writeNow(pipe: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(pipe, bytes, at);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) return; // the host has gone, and this process is about to be ended
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
