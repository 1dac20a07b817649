import { activityNotReopened } from "./activity-not-reopened.ts";
import { activityPlacesNotCounted } from "./activity-places-not-counted.ts";
import { answerBeforeCommit } from "./answer-before-commit.ts";
import { bystandersCounted } from "./bystanders-counted.ts";
import { callInLineForgotten } from "./call-in-line-forgotten.ts";
import { capacityOverrun } from "./capacity-overrun.ts";
import { childDoesNotAnswer } from "./child-does-not-answer.ts";
import { childrenNotLookedAfter } from "./children-not-looked-after.ts";
import { columnShifted } from "./column-shifted.ts";
import { commitRedone } from "./commit-redone.ts";
import { countRestarted } from "./count-restarted.ts";
import { declinedAndForgotten } from "./declined-and-forgotten.ts";
import { droppedWithMail } from "./dropped-with-mail.ts";
import { dueEarly } from "./due-early.ts";
import { effectBeforeCommit } from "./effect-before-commit.ts";
import { episodeMailLost } from "./episode-mail-lost.ts";
import { eventLostAtContinueAsNew } from "./event-lost-at-continue-as-new.ts";
import { eventLostAtCut } from "./event-lost-at-cut.ts";
import { failedOperationSends } from "./failed-operation-sends.ts";
import { faultlessLossCounted } from "./faultless-loss-counted.ts";
import { fifoReversed } from "./fifo-reversed.ts";
import { formerOwnerForgotten } from "./former-owner-forgotten.ts";
import { givenBackRowForgotten } from "./given-back-row-forgotten.ts";
import { groupMemberForgotten } from "./group-member-forgotten.ts";
import { heldLostAtNewHistory } from "./held-lost-at-new-history.ts";
import { historyNotCut } from "./history-not-cut.ts";
import { inboxNotReadFirst } from "./inbox-not-read-first.ts";
import { inputsNotCompared } from "./inputs-not-compared.ts";
import { isolationSkipped } from "./isolation-skipped.ts";
import { keyChangedByRewind } from "./key-changed-by-rewind.ts";
import { lateAnswerLeftBehind } from "./late-answer-left-behind.ts";
import { layoutNotChecked } from "./layout-not-checked.ts";
import { lockKeptAtTerminate } from "./lock-kept-at-terminate.ts";
import { lockedInOrderOfArguments } from "./locked-in-order-of-arguments.ts";
import { loopsCountedOnce } from "./loops-counted-once.ts";
import { lostIsFailed } from "./lost-is-failed.ts";
import { mailLostWithItsEpisode } from "./mail-lost-with-its-episode.ts";
import { mailReadTwice } from "./mail-read-twice.ts";
import { memberVersionIgnored } from "./member-version-ignored.ts";
import { memberWithoutPlaceAsked } from "./member-without-place-asked.ts";
import { messageIdsForgotten } from "./message-ids-forgotten.ts";
import { messageOnlyInMemory } from "./message-only-in-memory.ts";
import { moreChildrenThanNumbers } from "./more-children-than-numbers.ts";
import { newerVersionClaimed } from "./newer-version-claimed.ts";
import { noDeduplication } from "./no-deduplication.ts";
import { noFenceCheck } from "./no-fence-check.ts";
import { notReadyPlaceUsed } from "./not-ready-place-used.ts";
import { oneTryNotNoted } from "./one-try-not-noted.ts";
import { openCallNotBegun } from "./open-call-not-begun.ts";
import { operationNotConsumed } from "./operation-not-consumed.ts";
import { orderLost } from "./order-lost.ts";
import { ownerNotFreed } from "./owner-not-freed.ts";
import type { Plant } from "./plant.ts";
import { poisonForgotten } from "./poison-forgotten.ts";
import { realClockInReplay } from "./real-clock-in-replay.ts";
import { releaseNotForwarded } from "./release-not-forwarded.ts";
import { releaseToAllAtOnce } from "./release-to-all-at-once.ts";
import { replyOfChildRefused } from "./reply-of-child-refused.ts";
import { requestNotReleased } from "./request-not-released.ts";
import { resumeNotConsumed } from "./resume-not-consumed.ts";
import { rowNumberNotLearnt } from "./row-number-not-learnt.ts";
import { runningEndedForWantOfARow } from "./running-ended-for-want-of-a-row.ts";
import { runningLeaves } from "./running-leaves.ts";
import { sealedMailReadAgain } from "./sealed-mail-read-again.ts";
import { silenceIsWaitedFor } from "./silence-is-waited-for.ts";
import { slotNotCounted } from "./slot-not-counted.ts";
import { staleAnswerAccepted } from "./stale-answer-accepted.ts";
import { statusBeforeCommit } from "./status-before-commit.ts";
import { suspensionIgnored } from "./suspension-ignored.ts";
import { terminalStatusOverwritten } from "./terminal-status-overwritten.ts";
import { timerEarly } from "./timer-early.ts";
import { twoEpisodesAtOnce } from "./two-episodes-at-once.ts";
import { unreadLostAtFailure } from "./unread-lost-at-failure.ts";
import { wakeReasonNotWritten } from "./wake-reason-not-written.ts";

/** Each must be found by the simulator within 1,000 seeds. */
export const PLANTS: readonly Plant[] = [
  activityNotReopened,
  answerBeforeCommit,
  childDoesNotAnswer,
  columnShifted,
  commitRedone,
  effectBeforeCommit,
  eventLostAtContinueAsNew,
  fifoReversed,
  layoutNotChecked,
  runningEndedForWantOfARow,
  moreChildrenThanNumbers,
  mailReadTwice,
  messageIdsForgotten,
  messageOnlyInMemory,
  newerVersionClaimed,
  noDeduplication,
  noFenceCheck,
  orderLost,
  ownerNotFreed,
  realClockInReplay,
  sealedMailReadAgain,
  statusBeforeCommit,
  suspensionIgnored,
  terminalStatusOverwritten,
  timerEarly,
  wakeReasonNotWritten,
  twoEpisodesAtOnce,
  episodeMailLost,
  lateAnswerLeftBehind,
  runningLeaves,
  rowNumberNotLearnt,
  activityPlacesNotCounted,
  capacityOverrun,
  notReadyPlaceUsed,
  groupMemberForgotten,
  memberWithoutPlaceAsked,
  memberVersionIgnored,
  lostIsFailed,
  silenceIsWaitedFor,
  mailLostWithItsEpisode,
  declinedAndForgotten,
  givenBackRowForgotten,
  faultlessLossCounted,
  countRestarted,
  poisonForgotten,
  bystandersCounted,
  inboxNotReadFirst,
  formerOwnerForgotten,
  isolationSkipped,
  oneTryNotNoted,
  resumeNotConsumed,
  releaseToAllAtOnce,
  requestNotReleased,
  lockKeptAtTerminate,
  operationNotConsumed,
  heldLostAtNewHistory,
  dueEarly,
  droppedWithMail,
  failedOperationSends,
  releaseNotForwarded,
  lockedInOrderOfArguments,
  replyOfChildRefused,
  childrenNotLookedAfter,
  keyChangedByRewind,
  historyNotCut,
  openCallNotBegun,
  eventLostAtCut,
  loopsCountedOnce,
  unreadLostAtFailure,
  inputsNotCompared,
  staleAnswerAccepted,
  slotNotCounted,
  callInLineForgotten,
];
