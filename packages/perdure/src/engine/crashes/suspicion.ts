import { suspicionOf } from "../../store/wake.ts";

/**
 * Of an instance or activity whose owner died while it had work to do. The first death holds up nothing: all that the process was working on is taken up again at
 * full speed, since of thousands at most one is the cause. What was running at the second as well is isolated: so many at once in one worker, by suspicion.
 * The instance that crashes the process takes a group with it, then crashes alone. With n suspects it costs about n/64 + 64 of their running times until all the others are
 * through; 64 is best near 4,000.
 */
export const SUSPECTS_AT_ONCE: readonly number[] = [64, 1];

/**
 * Deaths in a row before it is stopped: two at full speed, one in a group, three alone. A neighbour that crashes takes a bystander through the first three.
 * A suspect that runs alone still shares its process with work that is not suspect yet: that may end the process too (twice), and the machine may be recycled.
 * With two deaths alone instead of three, four of 400 simulated recoveries with a second crashing instance and a recycled machine stopped a bystander.
 */
export const MAX_CRASHES = 6;

/** After a stop for crashes: resuming it risks one more death. */
export const CRASHES_AFTER_POISON_STOP = MAX_CRASHES - 1;

/** Crashes from which on a suspect runs alone. */
const ALONE_FROM = 1 + SUSPECTS_AT_ONCE.length;

export const isAlone = (crashes: number): boolean => crashes >= ALONE_FROM;

/**
 * An activity that has run for this long as a suspect does not hold up what is suspect as well: it may take hours, or for ever. An episode is a
 * matter of milliseconds, so that a death next to it is hardly ever in it; another activity may run as long, so it waits longer.
 */
export const HOLDS_UP_INSTANCES_MS = 10_000;
export const HOLDS_UP_ACTIVITIES_MS = 300_000;

/** Its place in {@link SUSPECTS_AT_ONCE}. */
export const suspectPlace = (crashes: number): number => Math.min(suspicionOf(crashes), SUSPECTS_AT_ONCE.length) - 1;

/** A place is lost like a process that dies; where it is known to be the cause, it counts like a death alone. */
export function crashesAfterLoss(crashes: number, atFault: boolean | null): number {
  if (atFault === false) return crashes;
  return (atFault === true ? Math.max(crashes, ALONE_FROM) : crashes) + 1;
}

/** Before the next delivery, by the number of losses in a row: a place that comes back within seconds stops nothing. */
const LOSS_PAUSES_MS: readonly number[] = [0, 0, 100, 500, 2_000, 5_000];

export const pauseAfterLosses = (losses: number): number => LOSS_PAUSES_MS[Math.min(losses, LOSS_PAUSES_MS.length - 1)] ?? 0;

export const isSuspect = (crashes: number): boolean => suspicionOf(crashes) > 0;

/**
 * How many more of each suspicion may join those in progress, given by their crashes. Only suspects with the same suspicion run together: a death is evidence
 * against few only if few were there.
 */
export function roomsBeside(inHand: Iterable<number>): readonly number[] {
  let highest = 0;
  let count = 0;
  for (const crashes of inHand) {
    highest = Math.max(highest, suspicionOf(crashes));
    count += 1;
  }
  if (count === 0) return SUSPECTS_AT_ONCE;
  const place = Math.min(highest, SUSPECTS_AT_ONCE.length) - 1;
  return SUSPECTS_AT_ONCE.map((most, index) => (index === place ? Math.max(0, most - count) : 0));
}
