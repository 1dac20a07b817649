import { MOST_PURGED_AT_ONCE } from "../store/purge.ts";

export interface PurgeTree<No> {
  /** Parents before their children. */
  readonly nos: readonly No[];
  /** False: there are more below than go at once. These are a part from the bottom; nothing below them is left. */
  readonly isWhole: boolean;
}

/** Instances with all below them that have ended. So that none loses its parent while it is there itself, of a tree that is too large the lower parts go first. */
export function purgeTree<No>(nos: readonly No[], childrenOf: (nos: readonly No[], most: number) => readonly No[]): PurgeTree<No> {
  const most = Math.max(MOST_PURGED_AT_ONCE, nos.length);
  let top = nos;
  let isWhole = true;
  for (;;) {
    const all = [...top];
    let level = top;
    while (level.length > 0 && all.length <= most) {
      level = childrenOf(level, most + 1);
      all.push(...level);
    }
    if (all.length <= most) return { nos: all, isWhole };
    // The level in which there were too many: of it as many as leave room for what is below them.
    top = level.slice(0, Math.max(1, Math.floor(most / 2)));
    isWhole = false;
  }
}
