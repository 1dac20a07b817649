import { failureOf } from "../replay/failures/failure-of.ts";
import type { Invocation, InvocationResult } from "./guest.ts";

/** Of what answers nothing. */
export const DONE: InvocationResult = { kind: "done", value: { kind: "none" }, outputs: {} };

/** Calls of functions that no orchestration asked for, while they run: their callers may go. */
export class RunningInvocations {
  readonly #running = new Map<string, AbortController>();

  async run({ id }: Invocation, answer: (controller: AbortController) => Promise<InvocationResult>): Promise<InvocationResult> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      return await answer(controller);
    } catch (error) {
      return { kind: "failed", failure: failureOf(error) };
    } finally {
      this.#running.delete(id);
    }
  }

  abort(id: string): void {
    this.#running.get(id)?.abort();
  }
}
