import { Dispatcher } from "./activities/dispatcher.ts";
import { ClaimKeys } from "./claims/claim-keys.ts";
import { ClaimedWork } from "./claims/claimed-work.ts";
import { InboxRows } from "./claims/inbox-rows.ts";
import { Intake } from "./claims/intake.ts";
import { Lookout } from "./claims/lookout.ts";
import { Suspects } from "./claims/suspects.ts";
import { ClientDoor } from "./clients/client-door.ts";
import { StartCalls } from "./clients/start-calls.ts";
import { Withdrawals } from "./clients/withdrawals.ts";
import type { Batch } from "./commits/batch.ts";
import { BatchRoom } from "./commits/batch-room.ts";
import { Committer } from "./commits/committer.ts";
import type { Identity } from "./commits/sealed-batch.ts";
import { SuspectGate } from "./crashes/suspect-gate.ts";
import { EpisodeOutcomes } from "./episodes/episode-outcomes.ts";
import { EpisodeRecord } from "./episodes/episode-record.ts";
import { EpisodeRows } from "./episodes/episode-rows.ts";
import { EpisodeLoop } from "./episodes/episodes.ts";
import { MailWithoutCode } from "./episodes/mail-without-code.ts";
import { MissingFunction } from "./episodes/missing-function.ts";
import { Redelivery } from "./episodes/redelivery.ts";
import { ActivityEvents } from "./events/activity-events.ts";
import { AfterCommit } from "./events/after-commit.ts";
import { CommitEvents } from "./events/commit-events.ts";
import { NewPlaces } from "./events/new-places.ts";
import { NextWork } from "./events/next-work.ts";
import { OfferEvents } from "./events/offer-events.ts";
import { Receipts } from "./events/receipts.ts";
import { WorkersSeen } from "./events/workers-seen.ts";
import { LossLog } from "./executor/loss-log.ts";
import { Announcements } from "./instances/announcements.ts";
import type { ActiveInstance } from "./instances/instance.ts";
import { InstanceTable } from "./instances/instance-table.ts";
import { WakeUps } from "./instances/wake-ups.ts";
import { LeaseKeeper } from "./lease/lease-keeper.ts";
import { LeaseWatch } from "./lease/lease-watch.ts";
import { Takeovers } from "./lease/takeovers.ts";
import { Drain } from "./life/drain.ts";
import { Joining } from "./life/joining.ts";
import { Membership } from "./life/membership.ts";
import { Rejoining } from "./life/rejoining.ts";
import { Work } from "./life/work.ts";
import { WorkerLife } from "./life/worker-life.ts";
import { DirectCalls } from "./mail/direct-calls.ts";
import { MailOrder } from "./mail/mail-order.ts";
import { MessageRouter } from "./mail/message-router.ts";
import type { WorkerParts, WorkerSettings } from "./options.ts";
import { Adoption } from "./ownership/adoption.ts";
import { Births } from "./ownership/births.ts";
import { Departures } from "./ownership/departures.ts";
import { Ends } from "./ownership/ends.ts";
import { Leaving } from "./ownership/leaving.ts";
import { Loader } from "./ownership/loader.ts";
import { NumberPool } from "./ownership/number-pool.ts";
import type { Phase } from "./phase.ts";
import { Fleet } from "./placement/fleet.ts";
import { Unoffered } from "./placement/unoffered.ts";
import { DroppedWork } from "./recovery/dropped-work.ts";
import { FreshStart } from "./recovery/fresh-start.ts";
import { MemoryReset } from "./recovery/memory-reset.ts";
import { OneByOne } from "./recovery/one-by-one.ts";
import { OwnedInstances } from "./recovery/owned-instances.ts";
import { Progress } from "./recovery/progress.ts";
import { RefusedInstances } from "./recovery/refused-instances.ts";
import { Reload } from "./recovery/reload.ts";
import { RestingBatch } from "./recovery/resting-batch.ts";
import { Resync } from "./recovery/resync.ts";
import { Room } from "./recovery/room.ts";
import { TaskSalvage } from "./recovery/task-salvage.ts";
import { Trouble } from "./recovery/trouble.ts";
import { WorkerMemory } from "./recovery/worker-memory.ts";
import { ActivityResults } from "./tasks/activity-results.ts";
import { ActivityRows } from "./tasks/activity-rows.ts";
import { ClaimedTasks } from "./tasks/claimed-tasks.ts";
import { KeptResults } from "./tasks/kept-results.ts";
import { OpenActivities } from "./tasks/open-activities.ts";
import { Sharing } from "./tasks/sharing.ts";
import { StoreClock } from "./time/store-clock.ts";
import { IdleReleases } from "./upkeep/idle-releases.ts";
import { RunningActivities } from "./upkeep/running-activities.ts";
import { Sweeps } from "./upkeep/sweeps.ts";
import { Upkeep } from "./upkeep/upkeep.ts";

/** The parts of one worker, put together: each is given this object, and asks of it what its own port names. */
export class Composition {
  readonly parts: WorkerParts;
  readonly settings: WorkerSettings;
  readonly storeClock: StoreClock;
  readonly losses: LossLog;
  readonly table = new InstanceTable();
  readonly mailOrder = new MailOrder();
  readonly keptResults = new KeptResults();
  readonly announcements = new Announcements();
  readonly numbers: NumberPool;
  readonly gate: SuspectGate;
  readonly events: WorkersSeen;
  readonly receipts: Receipts;
  readonly nextWork: NextWork;
  readonly offers: OfferEvents;
  readonly newPlaces: NewPlaces;
  readonly sharing: Sharing;
  readonly committer: Committer;
  readonly batchRoom: BatchRoom;
  readonly router: MessageRouter;
  readonly births: Births;
  readonly episodeRows: EpisodeRows;
  readonly afterCommit: AfterCommit;
  readonly memoryReset: MemoryReset;
  readonly trouble: Trouble;
  readonly oneByOne: OneByOne;
  readonly restingBatch: RestingBatch;
  readonly room: Room;
  readonly taskSalvage: TaskSalvage;
  readonly droppedWork: DroppedWork;
  readonly ownedInstances: OwnedInstances;
  readonly refusedInstances: RefusedInstances;
  readonly freshStart: FreshStart;
  readonly reload: Reload;
  readonly resync: Resync;
  readonly leaving: Leaving;
  readonly departures: Departures;
  readonly ends: Ends;
  readonly adoption: Adoption;
  readonly loader: Loader;
  readonly redelivery: Redelivery;
  readonly record: EpisodeRecord;
  readonly mailWithoutCode: MailWithoutCode;
  readonly missingFunction: MissingFunction;
  readonly outcomes: EpisodeOutcomes;
  readonly episodes: EpisodeLoop;
  readonly wakeUps: WakeUps;
  readonly dispatcher: Dispatcher;
  readonly activityRows: ActivityRows;
  readonly openActivities: OpenActivities;
  readonly claimedTasks: ClaimedTasks;
  readonly results: ActivityResults;
  readonly fleet: Fleet;
  readonly inbox: InboxRows;
  readonly lookout: Lookout;
  readonly claimKeys: ClaimKeys;
  readonly claimedWork: ClaimedWork;
  readonly suspects: Suspects;
  readonly intake: Intake;
  readonly unoffered: Unoffered;
  readonly directCalls: DirectCalls;
  readonly startCalls: StartCalls;
  readonly withdrawals: Withdrawals;
  readonly door: ClientDoor;
  readonly idleReleases: IdleReleases;
  readonly runningActivities: RunningActivities;
  readonly sweeps: Sweeps;
  readonly upkeep: Upkeep;
  readonly takeovers: Takeovers;
  readonly watch: LeaseWatch;
  readonly lease: LeaseKeeper;
  readonly progress: Progress;
  readonly membership: Membership;
  readonly memory: WorkerMemory;
  readonly drain: Drain;
  readonly joining: Joining;
  readonly work: Work;
  readonly rejoining: Rejoining;
  readonly life: WorkerLife;

  constructor(parts: WorkerParts, settings: WorkerSettings) {
    this.parts = parts;
    this.settings = settings;
    this.storeClock = new StoreClock(parts.clock);
    this.losses = new LossLog(parts.log);
    this.numbers = new NumberPool(parts);
    this.gate = new SuspectGate(parts.scheduler);
    this.events = new WorkersSeen(this);
    this.receipts = new Receipts(this);
    this.nextWork = new NextWork(this);
    this.offers = new OfferEvents(this);
    this.newPlaces = new NewPlaces(this);
    this.sharing = new Sharing(this);
    this.committer = new Committer(parts, new CommitEvents(this));
    this.batchRoom = new BatchRoom(this);
    this.router = new MessageRouter(this);
    this.births = new Births(this);
    this.episodeRows = new EpisodeRows(this);
    this.afterCommit = new AfterCommit(this);
    this.memoryReset = new MemoryReset(this);
    this.leaving = new Leaving(this);
    this.departures = new Departures(this);
    this.ends = new Ends(this);
    this.adoption = new Adoption(this);
    this.loader = new Loader(this);
    this.redelivery = new Redelivery(this);
    this.record = new EpisodeRecord(this);
    this.mailWithoutCode = new MailWithoutCode(this);
    this.missingFunction = new MissingFunction(this);
    this.outcomes = new EpisodeOutcomes(this);
    this.activityRows = new ActivityRows(this);
    this.openActivities = new OpenActivities(this);
    this.claimedTasks = new ClaimedTasks(this);
    this.results = new ActivityResults(this);
    this.episodes = new EpisodeLoop(this);
    this.wakeUps = new WakeUps(this);
    this.fleet = new Fleet(this);
    this.unoffered = new Unoffered(this, () => this.intake.claimNow());
    const limits = { all: settings.maxConcurrentActivities, each: settings.activityLimits };
    this.dispatcher = new Dispatcher(parts, this.gate, limits, new ActivityEvents(this));
    this.inbox = new InboxRows(this);
    this.lookout = new Lookout(this);
    this.claimKeys = new ClaimKeys(this);
    this.claimedWork = new ClaimedWork(this);
    this.suspects = new Suspects(this);
    this.intake = new Intake(this);
    this.idleReleases = new IdleReleases(this);
    this.runningActivities = new RunningActivities(this);
    this.sweeps = new Sweeps(this);
    this.upkeep = new Upkeep(this);
    this.trouble = new Trouble(parts.clock);
    this.oneByOne = new OneByOne();
    this.restingBatch = new RestingBatch(this);
    this.room = new Room(this);
    this.taskSalvage = new TaskSalvage(this);
    this.droppedWork = new DroppedWork(this);
    this.ownedInstances = new OwnedInstances(this);
    this.refusedInstances = new RefusedInstances(this);
    this.freshStart = new FreshStart(this);
    this.reload = new Reload(this);
    this.resync = new Resync(this, {
      setIdentity: (identity) => this.membership.refenced(identity),
      rejoin: (why) => this.rejoining.rejoin(why),
    });
    this.directCalls = new DirectCalls(this);
    this.startCalls = new StartCalls(this);
    this.withdrawals = new Withdrawals(this);
    this.door = new ClientDoor(this);
    this.progress = new Progress(this);
    this.takeovers = new Takeovers(this);
    this.watch = new LeaseWatch(this);
    this.lease = new LeaseKeeper(this);
    this.membership = new Membership(this);
    this.memory = new WorkerMemory(this);
    this.drain = new Drain(this);
    this.joining = new Joining(this);
    this.work = new Work(this);
    this.rejoining = new Rejoining(this);
    this.life = new WorkerLife(this);
  }

  // --- what several parts ask ---

  get phase(): Phase {
    return this.life.phase;
  }

  get identity(): Identity {
    return this.membership.identity;
  }

  get backlog(): number {
    return this.episodes.backlog;
  }

  get episodesPerCommit(): number {
    return this.oneByOne.isOn ? 1 : this.settings.maxEpisodesPerCommit;
  }

  get resting(): Batch | null {
    return this.restingBatch.batch;
  }

  get whyUnwritten(): string {
    return this.progress.whyUnwritten;
  }

  get isQuiet(): boolean {
    return this.backlog === 0 && this.dispatcher.size === 0 && this.committer.isAtRest;
  }

  enqueue(instance: ActiveInstance): void {
    this.episodes.enqueue(instance);
  }

  lookAround(): void {
    this.lookout.lookAround();
  }

  requestClaim(): void {
    this.committer.requestClaim();
  }

  haltParts(): void {
    const { lookout, intake, claimedWork, upkeep, unoffered, wakeUps, dispatcher } = this;
    for (const part of [lookout, intake, claimedWork, upkeep, unoffered, wakeUps, dispatcher]) part.stop();
  }
}
