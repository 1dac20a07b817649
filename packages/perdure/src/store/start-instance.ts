import type { ClientStart, StartReceipt, Store } from "./contract.ts";

/**
 * A client's start by itself: first without replacing anything, then in place of the run that was found. `wanted` is asked before each further
 * attempt.
 *
 * @throws Error when it is not wanted any more: then nothing was done.
 */
export async function startInstance(
  store: Pick<Store, "start">,
  asked: Omit<ClientStart, "replaces">,
  wanted: () => boolean = () => true,
): Promise<StartReceipt> {
  let answer = await store.start(asked);
  while (answer.outcome === "inTheWay") {
    if (!wanted()) throw new Error("the start is not wanted any more");
    answer = await store.start({ ...asked, replaces: answer.startId });
  }
  return answer;
}
