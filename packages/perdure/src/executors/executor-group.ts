import type { EntityBatchRequest } from "../model/entity-batch.ts";
import type {
  AbortReason,
  ActivityRequest,
  ActivityResult,
  Declined,
  EntityBatchResult,
  EpisodeKey,
  EpisodeRequest,
  EpisodeResult,
  Executor,
  HeartbeatListener,
  KindOffer,
  Offer,
  TaskKey,
} from "../model/executor.ts";
import { namesOf, versionsOf } from "../model/executor.ts";
import type { FunctionKind } from "../model/function-kind.ts";
import { byKind } from "../model/function-kind.ts";
import type { NameKey } from "../model/function-name.ts";
import { functionKey } from "../model/function-name.ts";
import type { HeldCall } from "../model/held-call.ts";
import type { InstanceNo } from "../model/ids.ts";
import { NO_PLACE } from "../model/no-place.ts";
import { taskKeyText } from "../model/task-id.ts";
import type { VersionRange } from "../model/versions.ts";
import { takesVersion } from "../model/versions.ts";

/** Several executors as one: each call goes to the member that names its function, else to one that takes any. */
export const createExecutorGroup = (members: readonly [Executor, ...Executor[]]): Executor => new ExecutorGroup(members);

/** A request on its way through the members. */
interface Call {
  /** The member that was asked last. */
  member: Executor | null;
  /** Once set, no further member is asked. */
  isAborted: boolean;
}

class ExecutorGroup implements Executor {
  readonly wantsRecorded: boolean;
  readonly #members: readonly [Executor, ...Executor[]];
  #offer: Offer;
  /** The member that may have the cursor of an instance: until it is forgotten or the instance ends, whatever the member answers. */
  readonly #holders = new Map<InstanceNo, Executor>();
  readonly #episodes = new Map<string, Call>();
  readonly #activities = new Map<string, Call>();
  readonly #listeners = new Set<() => void>();
  readonly #stopListening: readonly (() => void)[];

  constructor(members: readonly [Executor, ...Executor[]]) {
    this.#members = members;
    this.wantsRecorded = members.some((member) => member.wantsRecorded);
    this.#offer = this.#merged();
    this.#stopListening = members.map((member) =>
      member.onOffer(() => {
        this.#offer = this.#merged();
        for (const listener of this.#listeners) listener();
      }),
    );
  }

  get offer(): Offer {
    return this.#offer;
  }

  get held(): readonly HeldCall[] {
    return this.#members.flatMap(({ held = [] }) => held);
  }

  onOffer(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  runEpisode(request: EpisodeRequest): Promise<EpisodeResult> {
    const { no, name, version } = request;
    const holder = this.#holders.get(no);
    const takers = this.#takers("orchestrator", name, version);
    // It stays where its cursor is, as long as that place takes it.
    const inOrder = holder !== undefined && takers.includes(holder) ? [holder, ...takers.filter((one) => one !== holder)] : takers;
    return during(this.#episodes, episodeKey(request), (call) =>
      this.#firstThatTakes("orchestrator", call, inOrder, (member) => this.#runOn(member, call, request)),
    );
  }

  async #runOn(member: Executor, call: Call, request: EpisodeRequest): Promise<EpisodeResult> {
    const { no } = request;
    const before = this.#holders.get(no);
    if (before !== member) before?.forget(no);
    this.#holders.set(no, member);
    const result = await member.runEpisode(request);
    // An attempt that was aborted answers late: the member may hold the cursor of the next one.
    if (result.kind === "ran" && result.outcome !== null && !call.isAborted) this.#holders.delete(no);
    return result;
  }

  runActivity(request: ActivityRequest): Promise<ActivityResult> {
    const takers = this.#takers("activity", request.name, request.version);
    return during(this.#activities, taskKeyText(request), (call) =>
      this.#firstThatTakes("activity", call, takers, (member) => member.runActivity(request)),
    );
  }

  /** Nothing of an entity stays in a place between two batches, so any of them will do. */
  runEntityBatch(request: EntityBatchRequest): Promise<EntityBatchResult> {
    const call: Call = { member: null, isAborted: false };
    return this.#firstThatTakes("entity", call, this.#takers("entity", request.name, null), (member) => member.runEntityBatch(request));
  }

  abortEpisode(episode: EpisodeKey, reason: AbortReason): void {
    abort(this.#episodes.get(episodeKey(episode)))?.abortEpisode(episode, reason);
  }

  abortActivity(task: TaskKey, reason: AbortReason): void {
    abort(this.#activities.get(taskKeyText(task)))?.abortActivity(task, reason);
  }

  forget(no: InstanceNo): void {
    this.#holders.get(no)?.forget(no);
    this.#holders.delete(no);
  }

  onHeartbeat(listener: HeartbeatListener): () => void {
    const stops = this.#members.map((member) => member.onHeartbeat(listener));
    return () => {
      for (const stop of stops) stop();
    };
  }

  async close(): Promise<void> {
    for (const stop of this.#stopListening) stop();
    this.#holders.clear();
    for (const calls of [this.#episodes, this.#activities]) for (const call of calls.values()) call.isAborted = true;
    await Promise.all(this.#members.map((member) => member.close()));
  }

  /** What one declines with `elsewhere` is offered to the next; the last answer counts. Members without a place are not asked: they would lose the call. */
  async #firstThatTakes<Result extends { readonly kind: string }>(
    kind: FunctionKind,
    call: Call,
    members: readonly Executor[],
    run: (member: Executor) => Promise<Result>,
  ): Promise<Result | Declined> {
    let result: Result | Declined | null = null;
    for (const member of members) {
      if (!member.offer[kind].ready) continue;
      call.member = member;
      result = await run(member);
      if (call.isAborted || !(result.kind === "declined" && "elsewhere" in result && result.elsewhere === true)) break;
    }
    if (result !== null) return result;
    if (members.length > 0) return NO_PLACE;
    call.member = this.#members[0];
    return run(call.member);
  }

  /** Exact names first, then those that take any. None: the first member says what is missing. */
  #takers(kind: FunctionKind, name: string, version: string | null): readonly Executor[] {
    const key = functionKey(name);
    const named = this.#members.filter(({ offer }) => hasName(offer[kind], key) && takesVersion(versionsOf(offer[kind]), key, version));
    const open = this.#members.filter((member) => member.offer[kind].any && !hasName(member.offer[kind], key));
    return [...named, ...open];
  }

  #merged(): Offer {
    return byKind((kind) => {
      const offers = this.#members.map(({ offer }) => offer[kind]);
      const ready = offers.some((offer) => offer.ready);
      // Those without a place count only while no member has one: the group must not claim what none of it could run.
      const counted = ready ? offers.filter((offer) => offer.ready) : offers;
      const names = [...new Set(counted.flatMap((offer) => offer.names))];
      const away = [...new Set(offers.flatMap((offer) => (counted.includes(offer) ? (offer.away ?? []) : namesOf(offer))))];
      const limits = counted.map(({ capacity }) => capacity);
      const capacity = limits.some((limit) => limit === null) ? null : limits.reduce<number>((sum, limit) => sum + (limit ?? 0), 0);
      const any = counted.some((offer) => offer.any);
      return { names, away: away.filter((name) => !names.includes(name)), any, ...versionsOfAll(counted), capacity, ready };
    });
  }
}

const episodeKey = ({ no, attempt }: EpisodeKey): string => `${no}/${attempt}`;

/** The call is in the map while it runs, unless another of the same key has taken its place. */
async function during<Result>(calls: Map<string, Call>, key: string, run: (call: Call) => Promise<Result>): Promise<Result> {
  const call: Call = { member: null, isAborted: false };
  calls.set(key, call);
  try {
    return await run(call);
  } finally {
    if (calls.get(key) === call) calls.delete(key);
  }
}

/** Returns the member that must be told to abort. */
function abort(call: Call | undefined): Executor | null {
  if (call === undefined) return null;
  call.isAborted = true;
  return call.member;
}

const hasName = ({ names }: KindOffer, key: NameKey): boolean => names.some((name) => functionKey(name) === key);

/** Of a name whose versions some member lists: those that members take, or any, where a member that has it lists none. */
function versionsOfAll(offers: readonly KindOffer[]): Pick<KindOffer, "versions"> {
  const listed = offers.flatMap(({ versions = {} }) => Object.keys(versions));
  if (listed.length === 0) return {};
  const versions: [string, readonly VersionRange[]][] = [];
  for (const name of new Set(listed)) {
    const key = functionKey(name);
    const lists = offers.filter((offer) => offer.any || hasName(offer, key)).map((offer) => versionsOf(offer)?.get(key));
    if (lists.every((list) => list !== undefined)) versions.push([name, [...new Set(lists.flat())]]);
  }
  return { versions: Object.fromEntries(versions) };
}
