/** `scripts/check.ts` sets it for the gate. */
const IS_ONE_OF_MANY = process.env.TESTS_IN_TURN !== undefined;

/**
 * What a case is run on, stores most of all: in the gate on one of them, since each costs as much as the first, and which one differs from case to case, by its
 * name. In the full check, and in a file that is run alone, on all of them. That stores do the same is what the suite of all stores says of each.
 */
export function inTurn<Form>(name: string, forms: readonly Form[]): readonly Form[] {
  if (!IS_ONE_OF_MANY) return forms;
  const turn = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % forms.length;
  return forms.slice(turn, turn + 1);
}
