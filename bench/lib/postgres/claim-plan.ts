import type { Client } from "pg";
import { useHubSchema } from "./hub-schema.ts";

export interface ClaimPlan {
  /** Scans of `instances` by the index of what is ready. */
  readonly readyIndexScans: number;
  /** Tables read from end to end. */
  readonly sequentialScans: number;
}

interface PlanNode {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Relation Name"?: string;
  readonly Plans?: readonly PlanNode[];
}

const EXPLAIN_ALL = `LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_nested_statements = on;
  SET auto_explain.log_format = json; SET auto_explain.log_level = notice; SET client_min_messages = notice`;

/**
 * The plans of the statements inside `claim_instances`, as they run: the server explains what it executes (auto_explain, for this session
 * only). What the claim took is given back by the rollback.
 */
export async function explainClaim(client: Client, orchestrators: readonly string[]): Promise<ClaimPlan> {
  await useHubSchema(client);
  await client.query(EXPLAIN_ALL);
  const plans: PlanNode[] = [];
  client.on("notice", ({ message }) => {
    const from = message?.indexOf("{") ?? -1;
    if (message?.startsWith("duration:") && from > 0) plans.push((JSON.parse(message.slice(from)) as { readonly Plan: PlanNode }).Plan);
  });
  await client.query("BEGIN");
  await client.query("SELECT claim_instances(-1, $1, 100, false, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)", [orchestrators]);
  await client.query("ROLLBACK");
  const scans = plans.flatMap(nodesOf);
  return {
    readyIndexScans: scans.filter((node) => node["Index Name"] === "instances_ready").length,
    sequentialScans: scans.filter((node) => node["Node Type"] === "Seq Scan").length,
  };
}

function nodesOf(node: PlanNode): readonly PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}
