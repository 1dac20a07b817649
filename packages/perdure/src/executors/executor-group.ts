import type {
  AbortReason,
  ActivityRequest,
  ActivityResult,
  Declined,
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
import type { InstanceNo } from "../model/ids.ts";
import { NO_PLACE } from "../model/no-place.ts";
import { takesVersion } from "../model/versions.ts";

/** Several executors as one: each call goes to the member that names its function, else to one that takes any. */
export const createExecutorGroup = (members: readonly [Executor, ...Executor[]]): Executor => new ExecutorGroup(members);

/** Another object for each attempt, so that a late answer is told from that of the attempt which holds the cursor now. */
interface Holder {
  readonly member: Executor;
}

class ExecutorGroup implements Executor {
  offer: Offer;
  readonly wantsRecorded: boolean;
  readonly #members: readonly [Executor, ...Executor[]];
  /** Who has, or may have, the cursor of an instance, of its latest attempt. */
  readonly #holders = new Map<InstanceNo, Holder>();
  readonly #listeners = new Set<() => void>();
  readonly #stopListening: readonly (() => void)[];

  constructor(members: readonly [Executor, ...Executor[]]) {
    this.#members = members;
    this.wantsRecorded = members.some((member) => member.wantsRecorded);
    this.offer = this.#merged();
    this.#stopListening = members.map((member) =>
      member.onOffer(() => {
        this.offer = this.#merged();
        for (const listener of this.#listeners) listener();
      }),
    );
  }

  onOffer(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async runEpisode(request: EpisodeRequest): Promise<EpisodeResult> {
    const { no, name, version } = request;
    const holder = this.#holders.get(no)?.member;
    const takers = this.#takers("orchestrator", name, version);
    // It stays where its cursor is, as long as that place takes it.
    const inOrder = holder !== undefined && takers.includes(holder) ? [holder, ...takers.filter((one) => one !== holder)] : takers;
    return this.#firstThatTakes("orchestrator", inOrder, (member) => this.#runOn(member, request));
  }

  async #runOn(member: Executor, request: EpisodeRequest): Promise<EpisodeResult> {
    const { no } = request;
    const before = this.#holders.get(no)?.member;
    if (before !== member) before?.forget(no);
    const holder: Holder = { member };
    this.#holders.set(no, holder);
    const result = await member.runEpisode(request);
    const isHeld = result.kind === "ran" && result.outcome === null;
    // An attempt that was aborted answers late: the member may hold the cursor of the next one.
    if (!isHeld && this.#holders.get(no) === holder) this.#holders.delete(no);
    return result;
  }

  runActivity(request: ActivityRequest): Promise<ActivityResult> {
    return this.#firstThatTakes("activity", this.#takers("activity", request.name, request.version), (member) =>
      member.runActivity(request),
    );
  }

  abortEpisode(episode: EpisodeKey, reason: AbortReason): void {
    this.#holders.get(episode.no)?.member.abortEpisode(episode, reason);
  }

  /** Who runs it is not kept: unknown keys are ignored. */
  abortActivity(task: TaskKey, reason: AbortReason): void {
    for (const member of this.#members) member.abortActivity(task, reason);
  }

  forget(no: InstanceNo): void {
    this.#holders.get(no)?.member.forget(no);
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
    await Promise.all(this.#members.map((member) => member.close()));
  }

  /** What one declines for others to have is offered to the next; the last answer stands. Members without a place are not asked: they would lose it. */
  async #firstThatTakes<Result extends { readonly kind: string }>(
    kind: FunctionKind,
    members: readonly Executor[],
    run: (member: Executor) => Promise<Result>,
  ): Promise<Result | Declined> {
    let result: Result | Declined | null = null;
    for (const member of members) {
      if (!member.offer[kind].ready) continue;
      result = await run(member);
      if (!(result.kind === "declined" && "elsewhere" in result && result.elsewhere === true)) break;
    }
    return result ?? (members.length === 0 ? run(this.#members[0]) : NO_PLACE);
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

const hasName = ({ names }: KindOffer, key: NameKey): boolean => names.some((name) => functionKey(name) === key);

/** Of a name whose versions some member lists: those that members take, or any, where a member that has it lists none. */
function versionsOfAll(offers: readonly KindOffer[]): Pick<KindOffer, "versions"> {
  const listed = offers.flatMap(({ versions = {} }) => Object.keys(versions));
  if (listed.length === 0) return {};
  const versions: [string, readonly (string | null)[]][] = [];
  for (const name of new Set(listed)) {
    const key = functionKey(name);
    const lists = offers.filter((offer) => offer.any || hasName(offer, key)).map((offer) => versionsOf(offer)?.get(key));
    if (lists.every((list) => list !== undefined)) versions.push([name, [...new Set(lists.flat())]]);
  }
  return { versions: Object.fromEntries(versions) };
}
