import { FunctionRegistry } from "../../functions/registry.ts";
import type { SimApp } from "../simulation/app.ts";
import { activityScenarios } from "./activities.ts";
import { childScenarios } from "./children.ts";
import { entityScenarios } from "./entities.ts";
import { entityLifeScenarios } from "./entity-lives.ts";
import { eventScenarios } from "./events.ts";
import { fleetScenarios } from "./fleet.ts";
import { keyScenarios } from "./keys.ts";
import { lifecycleScenarios } from "./lifecycle.ts";
import { programScenarios } from "./programs.ts";
import { rerunScenarios } from "./reruns.ts";
import type { Scenario } from "./scenario.ts";

export const SCENARIOS: readonly Scenario[] = [
  ...activityScenarios,
  ...childScenarios,
  ...eventScenarios,
  ...lifecycleScenarios,
  ...fleetScenarios,
  ...entityScenarios,
  ...entityLifeScenarios,
  ...programScenarios,
  ...rerunScenarios,
  ...keyScenarios,
];

/** The functions of these scenarios in one app. */
export const appOf =
  (scenarios: readonly Scenario[]): SimApp =>
  (env) =>
    new FunctionRegistry(scenarios.flatMap((scenario) => [...scenario.functions(env)]));
