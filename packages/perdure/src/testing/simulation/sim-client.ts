import type { ForkParams, HubClient, InstanceStatus, StartOutcome, StartParams } from "../../client/types.ts";
import { PerdureError } from "../../errors/perdure-error.ts";
import { functionKey } from "../../model/function-name.ts";
import type { InstanceId } from "../../model/ids.ts";
import { entityId } from "../../model/ids.ts";
import type { Payload } from "../../model/payload.ts";
import { jsonCodec } from "../../model/payload.ts";
import { isTerminal } from "../../model/status.ts";
import type { Recorder } from "../recorder.ts";
import type { ShadowInstance } from "../shadow-instances.ts";
import type { VirtualTime } from "../virtual-time.ts";

export interface SimClientParts {
  readonly name: string;
  readonly world: VirtualTime;
  readonly recorder: Recorder;
  readonly route: SimRoute;
  readonly trace?: ((line: string) => void) | undefined;
}

/** A way into the hub: straight to the store, or through the worker of a process. */
export interface SimRoute {
  /** For the next call. */
  client(): HubClient;
  /** It gave no answer, or was refused by a store that should not have. */
  failed(): void;
}

/** How a try ended that must be made again. */
const NO_ANSWER = Symbol("no answer");

const ANSWER_WITHIN_MS = 2_000;
/**
 * For calls that would do harm if they came twice or late (a start of an id that has meanwhile ended, a suspend behind a resume): longer than
 * any delay that is injected.
 */
const SURELY_LOST_MS = 60_000;
const TRY_AGAIN_MS = 150;

/**
 * A client that does what a careful program does: it gives its messages ids, and asks again when it got no answer. What it was told is checked
 * against what is durable at that moment.
 */
export class SimClient {
  readonly #parts: SimClientParts;
  #messages = 0;

  constructor(parts: SimClientParts) {
    this.#parts = parts;
  }

  get world(): VirtualTime {
    return this.#parts.world;
  }

  /**
   * A second try attaches to what the first, unanswered one may have begun, even when that has ended meanwhile; `waits`: what it begins cannot
   * end by itself, and an ended one is to be replaced.
   */
  async start(params: Omit<StartParams, "input"> & { readonly input?: unknown }, waits = false): Promise<StartOutcome> {
    const input = jsonCodec.encode(params.input);
    let tries = 0;
    const outcome = await this.#persist((client) => {
      tries += 1;
      const again = tries > 1 && !waits && params.onExisting === undefined;
      return client.start({ ...params, input, ...(again ? { onExisting: "attach" } : {}) });
    }, SURELY_LOST_MS);
    if (outcome.kind !== "conflict") this.#parts.recorder.startAnswered(outcome.instanceId);
    else if (tries > 1) return { kind: "existing", instanceId: outcome.instanceId, executionId: "" as never };
    return outcome;
  }

  raise(instanceId: string, name: string, value?: unknown): Promise<"delivered" | "notFound" | "done"> {
    return this.#raise(instanceId, name, value, this.#nextMessageId());
  }

  /** The second one later, under the same id: it must change nothing. */
  async raiseTwice(instanceId: string, name: string, value: unknown, afterMs: number): Promise<void> {
    const messageId = this.#nextMessageId();
    await this.#raise(instanceId, name, value, messageId);
    await this.#parts.world.sleep(afterMs);
    this.#parts.recorder.sentAgain(messageId);
    await this.#raise(instanceId, name, value, messageId);
  }

  #nextMessageId(): string {
    this.#messages += 1;
    return `${this.#parts.name}#${this.#messages}`;
  }

  async #raise(instanceId: string, name: string, value: unknown, messageId: string): Promise<"delivered" | "notFound" | "done"> {
    const input: Payload | null = jsonCodec.encode(value);
    let tries = 0;
    const { outcome } = await this.#persist((client) => {
      tries += 1;
      if (tries > 1) this.#parts.recorder.sentAgain(messageId);
      this.#parts.trace?.(`raises ${name} (${messageId}) to ${instanceId}`);
      return client.raiseEvent({ instanceId, name, input, messageId });
    }, ANSWER_WITHIN_MS);
    this.#parts.trace?.(`was told that ${name} (${messageId}) is ${outcome}`);
    if (outcome === "delivered") this.#parts.recorder.messageAnswered(instanceId, messageId);
    return outcome;
  }

  suspend(instanceId: string): Promise<unknown> {
    return this.#persist((client) => client.suspend({ instanceId, reason: "pause" }), SURELY_LOST_MS);
  }

  resume(instanceId: string): Promise<unknown> {
    return this.#persist((client) => client.resume({ instanceId, reason: "go on" }));
  }

  terminate(instanceId: string, recursive: boolean): Promise<unknown> {
    return this.#persist((client) => client.terminate({ instanceId, reason: "enough", recursive }));
  }

  rewind(instanceId: string): Promise<unknown> {
    return this.#persist((client) => client.reruns.rewind({ instanceId, reason: "repaired", dryRun: false }));
  }

  /** The id of the fork. */
  async fork(
    instanceId: string,
    params: Pick<ForkParams, "at"> & Partial<ForkParams> & { readonly newInstanceId: string },
  ): Promise<string> {
    const asked = { reason: null, results: new Map(), events: "keep", keepsCompletions: false, keepsTimers: false, dryRun: false } as const;
    await this.#persist((client) => client.reruns.fork({ ...asked, ...params, instanceId }), SURELY_LOST_MS);
    return params.newInstanceId;
  }

  purge(instanceId: string): Promise<string> {
    return this.#persist((client) => client.purge(instanceId), SURELY_LOST_MS);
  }

  status(instanceId: string): Promise<InstanceStatus | null> {
    return this.#persist((client) => client.getStatus(instanceId));
  }

  /** By the client's own wait, which must come back whatever happens to the worker of the instance. */
  async waitFor(instanceId: string): Promise<InstanceStatus> {
    for (;;) {
      const status = await this.#persist((client) => client.waitFor({ instanceId, until: "completed", timeoutMs: 1_500 }));
      if (status !== null && isTerminal(status.runtimeStatus)) {
        this.#parts.recorder.endAnswered(instanceId, status.runtimeStatus);
        return status;
      }
      await this.#parts.world.sleep(TRY_AGAIN_MS);
    }
  }

  /** Waits by looking at what is committed, then asks. What has been rewound in between is waited for again: a rewind whose answer was lost is repeated. */
  async result(instanceId: string): Promise<InstanceStatus> {
    for (;;) {
      await this.until(instanceId, (shadow) => isTerminal(shadow.status));
      const status = await this.status(instanceId);
      if (status === null) throw new Error(`"${instanceId}" ended and is not there any more`);
      if (isTerminal(status.runtimeStatus)) return status;
    }
  }

  /** Resolves once a commit has made `reached` true of the instance. */
  until(instanceId: string, reached: (shadow: ShadowInstance) => boolean): Promise<void> {
    const { recorder } = this.#parts;
    const isReached = () => {
      const shadow = recorder.instance(instanceId);
      return shadow !== undefined && reached(shadow);
    };
    if (isReached()) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = recorder.onCommit(() => {
        if (!isReached()) return;
        stop();
        this.#parts.world.soon(resolve);
      });
    });
  }

  /** As an event: with an id, and again when there was no answer. */
  signal(name: string, key: string, operation: string, { input, due }: { readonly input?: unknown; readonly due?: number }): Promise<void> {
    this.#messages += 1;
    const messageId = `${this.#parts.name}#${this.#messages}`;
    const params = { id: idOf(name, key), operation, input: jsonCodec.encode(input), messageId, ...(due === undefined ? {} : { due }) };
    return this.#persist((client) => client.entities.signal(params));
  }

  purgeEntity(name: string, key: string): Promise<boolean> {
    return this.#persist((client) => client.entities.purge(idOf(name, key)));
  }

  /** As an operator, who may come at any time. */
  async cleanEntities(): Promise<void> {
    await this.#persist((client) => client.entities.clean(), SURELY_LOST_MS);
  }

  /** All instances, as the commits have made them. */
  instances(): readonly ShadowInstance[] {
    return [...this.#parts.recorder.all()];
  }

  /** The state of an entity as last committed, as JSON text. */
  stateOf(name: string, key: string): string | null {
    return this.#parts.recorder.instance(idOf(name, key))?.input ?? null;
  }

  untilState(name: string, key: string, expected: string | ((state: string | null) => boolean)): Promise<void> {
    return this.until(idOf(name, key), ({ input }) => (typeof expected === "string" ? input === expected : expected(input)));
  }

  /** Resolves once the entity has no row. */
  async untilGone(name: string, key: string): Promise<void> {
    while ((await this.status(idOf(name, key))) !== null) await this.#parts.world.sleep(1_000);
  }

  async #persist<T>(call: (client: HubClient) => Promise<T>, withinMs = ANSWER_WITHIN_MS): Promise<T> {
    for (;;) {
      const answer = await this.#once(call, withinMs);
      if (answer !== NO_ANSWER) return answer;
      this.#parts.route.failed();
      await this.#parts.world.sleep(TRY_AGAIN_MS);
    }
  }

  /** One try. An error that names the caller's own mistake is the answer; any other, and silence, is none. */
  #once<T>(call: (client: HubClient) => Promise<T>, withinMs: number): Promise<T | typeof NO_ANSWER> {
    return new Promise((resolve, reject) => {
      const giveUp = this.#parts.world.after(withinMs, () => resolve(NO_ANSWER));
      call(this.#parts.route.client()).then(
        (value) => {
          giveUp();
          resolve(value);
        },
        (error: unknown) => {
          giveUp();
          if (error instanceof PerdureError && error.kind === "client") reject(error);
          else resolve(NO_ANSWER);
        },
      );
    });
  }
}

const idOf = (name: string, key: string): InstanceId => entityId(functionKey(name), key);
