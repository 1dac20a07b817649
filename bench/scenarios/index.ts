import type { Scenario } from "../lib/scenario.ts";
import { appThreads, azureFanOut, azureHello, azureLongHistory, withMetrics, withPages, withTraces } from "./app-threads.ts";
import { coldStart } from "./cold-start.ts";
import { crashRecovery } from "./crash-recovery.ts";
import { bankTransfer, entityCalls, entityCounter } from "./entities.ts";
import { externalEvent } from "./external-event.ts";
import { fanOut1000 } from "./fan-out-1000.ts";
import { fanOutBeside } from "./fan-out-beside.ts";
import { firstResult } from "./first-result.ts";
import { headOfLine } from "./head-of-line.ts";
import { heldTransaction } from "./held-transaction.ts";
import { helloSequence5 } from "./hello-sequence-5.ts";
import { inspect } from "./inspect.ts";
import { list } from "./list.ts";
import { longHistory } from "./long-history.ts";
import { lossyExecutor } from "./lossy-executor.ts";
import { purge } from "./purge.ts";
import { remoteEvent } from "./remote-event.ts";
import { sleepers } from "./sleepers.ts";
import { sleepingEvent } from "./sleeping-event.ts";
import { soak } from "./soak.ts";
import { waking } from "./waking.ts";

export const SCENARIOS: readonly Scenario[] = [
  helloSequence5,
  fanOut1000,
  fanOutBeside,
  externalEvent,
  remoteEvent,
  longHistory,
  sleepers,
  waking,
  sleepingEvent,
  heldTransaction,
  headOfLine,
  lossyExecutor,
  appThreads,
  azureHello,
  azureFanOut,
  azureLongHistory,
  withMetrics,
  withTraces,
  withPages,
  crashRecovery,
  coldStart,
  firstResult,
  entityCounter,
  entityCalls,
  bankTransfer,
  list,
  inspect,
  purge,
  soak,
];
