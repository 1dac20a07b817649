import type { ExecutionId } from "../../model/ids.ts";
import type { StartSpec } from "../../model/start.ts";
import type { AuditNote } from "../../store/audit.ts";
import type { ClientStart } from "../../store/contract.ts";
import type { Row } from "./connections/link.ts";
import { BIRTH } from "./wire/instance-row.ts";
import { int8Array } from "./wire/int8-array.ts";
import { LAYOUT_NUMBER } from "./wire/layouts.ts";
import { Texts } from "./wire/texts.ts";

/** A way to the client functions of the schema: the pool, or a transaction of the caller's own. */
export interface ClientCalls {
  callForClient(name: string, values: readonly unknown[]): Promise<Row>;
  learn(now: unknown): number;
}

export interface StartCall {
  readonly no: number;
  readonly start: StartSpec;
  /** `accepted`: in place of the run that accepted it, while that is there (schema/clients.ts). */
  readonly how: ClientStart["onExisting"] | "accepted";
  readonly replaces: ExecutionId | undefined;
  readonly note?: AuditNote | undefined;
}

/** A text column takes neither NUL nor half a character. */
export const noteText = (note: AuditNote | undefined): string | null =>
  note === undefined ? null : JSON.stringify({ ...note, reason: note.reason?.toWellFormed().replaceAll("\u0000", "\ufffd") ?? null });

export function callStart(calls: ClientCalls, { no, start, how, replaces, note }: StartCall): Promise<Row> {
  const texts = new Texts();
  const row: number[] = [];
  BIRTH.pack(row, texts, { no, start, onExisting: "fail", owned: false, wakeAt: 0, createdAt: 0, first: undefined });
  return calls.callForClient("start_instance", [LAYOUT_NUMBER, int8Array(row), texts.bytes, how, replaces ?? null, noteText(note)]);
}
