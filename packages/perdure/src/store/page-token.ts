/** Where a query continues: behind the row with this creation time and number. Opaque to all but the store. */
export interface PagePosition {
  readonly createdAt: number;
  readonly no: number;
}

export const pageToken = (position: PagePosition): string => `${position.createdAt}.${position.no}`;

/** Null for a token that no store gave. */
export function parsePageToken(token: string): PagePosition | null {
  const match = /^(-?\d+)\.(\d+)$/.exec(token);
  const position = match === null ? null : { createdAt: Number(match[1]), no: Number(match[2]) };
  return position === null || !Number.isSafeInteger(position.createdAt) || !Number.isSafeInteger(position.no) ? null : position;
}
