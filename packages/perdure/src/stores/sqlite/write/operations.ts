import type { AuditRow, AuditTrim } from "../../../store/audit.ts";
import type { CommitReceipt } from "../../../store/commit.ts";
import type { JoinParams, Store } from "../../../store/contract.ts";
import type { ProcessIdentity } from "../process-identity.ts";
import { addAudit, trimAudit } from "./audit.ts";
import { deliver, start } from "./clients.ts";
import { applyCommit } from "./commit.ts";
import { reopen, startWithHistory } from "./edits.ts";
import { purge } from "./purge.ts";
import type { Tx } from "./tx.ts";
import { takeNumbers } from "./tx.ts";
import { dateEnds, resumeForCode, sweep } from "./upkeep.ts";
import type { WireCommit } from "./wire-commit.ts";
import { declareDead, join, leaveHub, refence, renew, takeOver } from "./workers.ts";

type Of<Method extends keyof Store> = Store[Method] extends (params: infer Params) => Promise<infer Result>
  ? (tx: Tx, params: Params) => Result
  : never;

/** Everything that writes, by name: one call is one transaction, or a part of one that it shares with its neighbours. */
export interface Operations {
  readonly commit: (tx: Tx, commit: WireCommit) => CommitReceipt;
  readonly join: (tx: Tx, params: JoinParams & { readonly identity: ProcessIdentity }) => Awaited<ReturnType<Store["join"]>>;
  readonly renew: Of<"renew">;
  readonly refence: Of<"refence">;
  readonly leave: Of<"leave">;
  readonly declareDead: Of<"declareDead">;
  readonly takeOver: Of<"takeOver">;
  readonly reserveNumbers: Of<"reserveNumbers">;
  readonly start: Of<"start">;
  readonly deliver: Of<"deliver">;
  readonly reopen: Of<"reopen">;
  readonly startWithHistory: Of<"startWithHistory">;
  readonly purge: Of<"purge">;
  readonly sweep: (tx: Tx, params: null) => Awaited<ReturnType<Store["sweep"]>>;
  readonly resumeForCode: Of<"resumeForCode">;
  readonly dateEnds: Of<"dateEnds">;
  readonly trimAudit: (tx: Tx, params: AuditTrim) => number | null;
  readonly addAudit: (tx: Tx, rows: readonly AuditRow[]) => void;
}

export type OperationName = keyof Operations;
export type ParamsOf<Name extends OperationName> = Parameters<Operations[Name]>[1];
export type ResultOf<Name extends OperationName> = ReturnType<Operations[Name]>;

export interface Operation<Name extends OperationName = OperationName> {
  readonly name: Name;
  readonly params: ParamsOf<Name>;
}

const OPERATIONS: Operations = {
  commit: applyCommit,
  join,
  renew,
  refence,
  leave: leaveHub,
  declareDead,
  takeOver: (tx, { dead, limit }) => takeOver(tx, dead, limit),
  reserveNumbers: (tx, count) => ({ first: takeNumbers(tx.connection, "instance_no", count), count }),
  start,
  deliver,
  reopen,
  startWithHistory,
  purge,
  sweep: (tx) => sweep(tx),
  resumeForCode,
  dateEnds,
  trimAudit,
  addAudit,
};

export function perform(tx: Tx, operation: Operation): unknown {
  const run = OPERATIONS[operation.name] as (tx: Tx, params: unknown) => unknown;
  return run(tx, operation.params);
}
