import { ProgressListeners } from "./activities/activity-progress.ts";
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
import { EntityLoop } from "./entities/entity-loop.ts";
import { EntityOutcomes } from "./entities/entity-outcomes.ts";
import { EntityRecord } from "./entities/entity-record.ts";
import { MissingEntity } from "./entities/missing-entity.ts";
import { EpisodeLoop } from "./episodes/episode-loop.ts";
import { EpisodeOutcomes } from "./episodes/episode-outcomes.ts";
import { EpisodeRecord } from "./episodes/episode-record.ts";
import { EpisodeRows } from "./episodes/episode-rows.ts";
import { HistoryCuts } from "./episodes/history-cuts.ts";
import { HistoryLimit } from "./episodes/history-limit.ts";
import { HistoryWarning } from "./episodes/history-warning.ts";
import { MailWithoutCode } from "./episodes/mail-without-code.ts";
import { MissingFunction } from "./episodes/missing-function.ts";
import { Redelivery } from "./episodes/redelivery.ts";
import { VersionMismatch } from "./episodes/version-mismatch.ts";
import { ActivityEvents } from "./events/activity-events.ts";
import { AfterCommit } from "./events/after-commit.ts";
import { CommitEvents } from "./events/commit-events.ts";
import { NewPlaces } from "./events/new-places.ts";
import { NextWork } from "./events/next-work.ts";
import { OfferEvents } from "./events/offer-events.ts";
import { ReceiptNews } from "./events/receipt-news.ts";
import { Receipts } from "./events/receipts.ts";
import { Given } from "./executor/given.ts";
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
import { ClientMail } from "./mail/client-mail.ts";
import { DirectCalls } from "./mail/direct-calls.ts";
import { MailOrder } from "./mail/mail-order.ts";
import { MessageRouter } from "./mail/message-router.ts";
import type { WorkerSettings } from "./options.ts";
import { Adoption } from "./ownership/adoption.ts";
import { Births } from "./ownership/births.ts";
import { Departures } from "./ownership/departures.ts";
import { EditedChildren } from "./ownership/edited-children.ts";
import { Ends } from "./ownership/ends.ts";
import { Leaving } from "./ownership/leaving.ts";
import { Loader } from "./ownership/loader.ts";
import { NumberPool } from "./ownership/number-pool.ts";
import type { Phase } from "./phase.ts";
import { Fleet } from "./placement/fleet.ts";
import { Unoffered } from "./placement/unoffered.ts";
import { UnservedVersions } from "./placement/unserved-versions.ts";
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
import { TurnRows } from "./turns/turn-rows.ts";
import { Turns } from "./turns/turns.ts";
import { IdleReleases } from "./upkeep/idle-releases.ts";
import { RunningActivities } from "./upkeep/running-activities.ts";
import { Sweeps } from "./upkeep/sweeps.ts";
import { Upkeep } from "./upkeep/upkeep.ts";

/** The parts of one worker, put together: each is given this object, and asks of it what its own port names. */
export class Composition extends Given {
  // --- time ---

  readonly storeClock: StoreClock = new StoreClock(this.parts.clock);

  // --- executor ---

  readonly losses: LossLog = new LossLog(this.parts.log);

  // --- crashes ---

  readonly gate: SuspectGate = new SuspectGate(this.parts.scheduler);

  // --- instances ---

  readonly table = new InstanceTable();
  readonly announcements = new Announcements();
  readonly wakeUps: WakeUps = new WakeUps(this);

  // --- activities ---

  readonly progressListeners = new ProgressListeners();
  readonly dispatcher: Dispatcher = new Dispatcher(this.parts, this.gate, limitsOf(this.settings), new ActivityEvents(this));

  // --- commits ---

  readonly committer: Committer = new Committer(this.parts, new CommitEvents(this));
  readonly batchRoom: BatchRoom = new BatchRoom(this);

  // --- mail ---

  readonly mailOrder = new MailOrder();
  readonly router: MessageRouter = new MessageRouter(this);
  readonly clientMail: ClientMail = new ClientMail(this);
  readonly directCalls: DirectCalls = new DirectCalls(this);

  // --- placement ---

  readonly fleet: Fleet = new Fleet(this);
  readonly unservedVersions: UnservedVersions = new UnservedVersions(this);
  readonly unoffered: Unoffered = new Unoffered(this, () => this.intake.claimNow());

  // --- tasks ---

  readonly keptResults = new KeptResults();
  readonly sharing: Sharing = new Sharing(this);
  readonly activityRows: ActivityRows = new ActivityRows(this);
  readonly openActivities: OpenActivities = new OpenActivities(this);
  readonly claimedTasks: ClaimedTasks = new ClaimedTasks(this);
  readonly results: ActivityResults = new ActivityResults(this);

  // --- ownership ---

  readonly numbers: NumberPool = new NumberPool(this.parts);
  readonly births: Births = new Births(this);
  readonly leaving: Leaving = new Leaving(this);
  readonly departures: Departures = new Departures(this);
  readonly ends: Ends = new Ends(this);
  readonly editedChildren: EditedChildren = new EditedChildren(this);
  readonly adoption: Adoption = new Adoption(this);
  readonly loader: Loader = new Loader(this);

  // --- episodes ---

  readonly turnRows: TurnRows = new TurnRows(this);
  readonly episodeRows: EpisodeRows = new EpisodeRows(this);
  readonly redelivery: Redelivery = new Redelivery(this);
  readonly historyWarning: HistoryWarning = new HistoryWarning(this);
  readonly record: EpisodeRecord = new EpisodeRecord(this);
  readonly historyLimit: HistoryLimit = new HistoryLimit(this);
  readonly mailWithoutCode: MailWithoutCode = new MailWithoutCode(this);
  readonly missingFunction: MissingFunction = new MissingFunction(this);
  readonly versionMismatch: VersionMismatch = new VersionMismatch(this);
  readonly historyCuts: HistoryCuts = new HistoryCuts(this);
  readonly outcomes: EpisodeOutcomes = new EpisodeOutcomes(this);
  readonly episodes: EpisodeLoop = new EpisodeLoop(this);

  // --- entities ---

  readonly entityRecord: EntityRecord = new EntityRecord(this);
  readonly missingEntity: MissingEntity = new MissingEntity(this);
  readonly entityOutcomes: EntityOutcomes = new EntityOutcomes(this);
  readonly entities: EntityLoop = new EntityLoop(this);
  readonly turns: Turns = new Turns(this);

  // --- clients ---

  readonly startCalls: StartCalls = new StartCalls(this);
  readonly withdrawals: Withdrawals = new Withdrawals(this);
  readonly door: ClientDoor = new ClientDoor(this);

  // --- claims ---

  readonly inbox: InboxRows = new InboxRows(this);
  readonly lookout: Lookout = new Lookout(this);
  readonly claimKeys: ClaimKeys = new ClaimKeys(this);
  readonly claimedWork: ClaimedWork = new ClaimedWork(this);
  readonly suspects: Suspects = new Suspects(this);
  readonly intake: Intake = new Intake(this);

  // --- recovery ---

  readonly memoryReset: MemoryReset = new MemoryReset(this);
  readonly trouble: Trouble = new Trouble(this.parts.clock);
  readonly oneByOne: OneByOne = new OneByOne();
  readonly restingBatch: RestingBatch = new RestingBatch(this);
  readonly room: Room = new Room(this);
  readonly taskSalvage: TaskSalvage = new TaskSalvage(this);
  readonly droppedWork: DroppedWork = new DroppedWork(this);
  readonly ownedInstances: OwnedInstances = new OwnedInstances(this);
  readonly refusedInstances: RefusedInstances = new RefusedInstances(this);
  readonly freshStart: FreshStart = new FreshStart(this);
  readonly reload: Reload = new Reload(this);
  readonly resync: Resync = new Resync(this, {
    setIdentity: (identity) => this.membership.refenced(identity),
    rejoin: (why) => this.rejoining.rejoin(why),
  });
  readonly progress: Progress = new Progress(this);
  readonly memory: WorkerMemory = new WorkerMemory(this);

  // --- upkeep ---

  readonly idleReleases: IdleReleases = new IdleReleases(this);
  readonly runningActivities: RunningActivities = new RunningActivities(this);
  readonly sweeps: Sweeps = new Sweeps(this);
  readonly upkeep: Upkeep = new Upkeep(this);

  // --- lease ---

  readonly takeovers: Takeovers = new Takeovers(this);
  readonly watch: LeaseWatch = new LeaseWatch(this);
  readonly lease: LeaseKeeper = new LeaseKeeper(this);

  // --- life ---

  readonly membership: Membership = new Membership(this);
  readonly drain: Drain = new Drain(this);
  readonly joining: Joining = new Joining(this);
  readonly work: Work = new Work(this);
  readonly rejoining: Rejoining = new Rejoining(this);
  readonly life: WorkerLife = new WorkerLife(this);

  // --- events ---

  readonly receipts: Receipts = new Receipts(this);
  readonly receiptNews: ReceiptNews = new ReceiptNews(this);
  readonly nextWork: NextWork = new NextWork(this);
  readonly offers: OfferEvents = new OfferEvents(this);
  readonly newPlaces: NewPlaces = new NewPlaces(this);
  readonly afterCommit: AfterCommit = new AfterCommit(this);

  // --- what several parts ask ---

  get phase(): Phase {
    return this.life.phase;
  }

  get identity(): Identity {
    return this.membership.identity;
  }

  get backlog(): number {
    return this.turns.backlog;
  }

  get awaited(): number {
    return this.turns.awaited;
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
    this.turns.enqueue(instance);
  }

  lookAround(): void {
    this.lookout.lookAround();
  }

  haltParts(): void {
    const { lookout, intake, claimedWork, upkeep, unoffered, wakeUps, dispatcher } = this;
    for (const part of [lookout, intake, claimedWork, upkeep, unoffered, wakeUps, dispatcher]) part.stop();
  }
}

const limitsOf = ({ maxConcurrentActivities: all, activityLimits: each }: WorkerSettings) => ({ all, each });
