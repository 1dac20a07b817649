/** Why something is stopped as what ends the processes or places that run it. */
export type PoisonCause =
  /** Owners in a row that died while it had work to do. */
  | { readonly deaths: number }
  /** Places in a row that were lost while they ran it. */
  | { readonly losses: number; readonly last: string | undefined }
  /** The row of its call cannot be read. */
  | { readonly unreadable: string }
  /** The executor has reported it. */
  | { readonly reason: string };

/** What an entity would run next; `sender`: the id of the instance that sent it, null: a client. */
export interface PoisonOperation {
  readonly name: string;
  readonly sender: string | null;
}

export function instancePoisonMessage(cause: PoisonCause, operation: PoisonOperation | null): string {
  if (operation === null) return causeText(cause);
  const sender = operation.sender === null ? "a client" : `"${operation.sender}"`;
  return `${causeText(cause)}. Next is operation "${operation.name}" of ${sender}`;
}

function causeText(cause: PoisonCause): string {
  if ("deaths" in cause) return `Its worker died ${cause.deaths} times in a row while it had work to do`;
  if ("losses" in cause)
    return `The place where its code ran was lost ${cause.losses} times in a row while it had work to do${lastOf(cause.last)}`;
  if ("unreadable" in cause) return `Its stored row cannot be read (${cause.unreadable})`;
  return `It is not tried again: ${cause.reason}`;
}

export function activityPoisonMessage(cause: PoisonCause): string {
  const alone = "the last times with no other crash suspect running";
  if ("deaths" in cause) return `was running each of ${cause.deaths} times in a row that its worker died, ${alone}`;
  if ("losses" in cause) return `was running each of ${cause.losses} times in a row that its place was lost, ${alone}${lastOf(cause.last)}`;
  if ("unreadable" in cause) return `cannot begin, since its stored row cannot be read (${cause.unreadable})`;
  return `is not tried again: ${cause.reason}`;
}

const lastOf = (reason: string | undefined): string => (reason === undefined ? "" : ` (the last time: ${reason})`);
