import type { QueueTrigger, ServiceBusTrigger, TriggerSpec } from "../../app-threads/guest.ts";
import type { EngineLog } from "../../telemetry/engine-log.ts";
import type { ClientSources } from "../bindings/azure-clients.ts";
import { AzureClients } from "../bindings/azure-clients.ts";
import { BlobTriggers } from "./blob-trigger.ts";
import type { Invoke } from "./function-calls.ts";
import { queueTrigger } from "./queue-trigger.ts";
import { ServiceBusListener } from "./service-bus-trigger.ts";
import { TriggerLog } from "./trigger-log.ts";
import type { TriggerSettings } from "./trigger-settings.ts";

export interface TriggersParts extends ClientSources {
  readonly specs: readonly TriggerSpec[];
  readonly settings: TriggerSettings;
  /** For what an app leaves in storage, unless settings name another: the same in all its workers and after each start. */
  readonly taskHub: string;
  readonly invoke: Invoke;
  readonly log: EngineLog;
}

/** What calls functions of an Azure app for messages and blobs: in every worker. */
export interface Triggers {
  start(): void;
  /** Takes no more, and waits for the functions that were called. */
  stop(): Promise<void>;
}

/** Throws AZURE_CLIENT_MISSING, CONNECTION_MISSING or BINDING_UNUSABLE. Nothing is asked of a service before the start. Timers are schedules, not here. */
export function createTriggers(parts: TriggersParts): Triggers {
  const { specs, settings, invoke, log } = parts;
  const clients = new AzureClients(parts);
  const listeners: Triggers[] = [];
  for (const spec of specs) {
    if (spec.kind === "queue") listeners.push(queueTrigger(spec, clients, settings.queues, invoke, logOf(log, spec)));
    if (spec.kind === "serviceBus")
      listeners.push(new ServiceBusListener({ trigger: spec, clients, settings: settings.serviceBus, invoke, log: logOf(log, spec) }));
  }
  const triggers = specs.filter((spec) => spec.kind === "blob");
  if (triggers.length > 0) listeners.push(new BlobTriggers({ triggers, clients, settings, hostId: hostIdOf(parts), invoke, log }));
  const stop = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.stop()));
    await clients.close();
  };
  let stopping: Promise<void> | null = null;
  return {
    start: () => {
      for (const listener of listeners) listener.start();
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

function logOf(log: EngineLog, spec: QueueTrigger | ServiceBusTrigger): TriggerLog {
  return new TriggerLog(log, `${sourceOf(spec)} of the function "${spec.name}"`, { function: spec.name });
}

function sourceOf(spec: QueueTrigger | ServiceBusTrigger): string {
  if (spec.kind === "queue") return `the queue "${spec.queueName}"`;
  if ("queue" in spec.source) return `the Service Bus queue "${spec.source.queue}"`;
  return `the subscription "${spec.source.subscription}" of the topic "${spec.source.topic}"`;
}

/** Part of names of queues: as on Azure the name of the site, and not longer than this. */
const LONGEST_ID = 32;

function hostIdOf({ variables, taskHub }: TriggersParts): string {
  const name = variables.AzureFunctionsWebHost__hostid ?? variables.WEBSITE_SITE_NAME ?? taskHub;
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, LONGEST_ID)
    .replace(/^-|-$/g, "");
}
