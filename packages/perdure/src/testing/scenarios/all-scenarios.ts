import { FunctionRegistry } from "../../functions/registry.ts";
import type { SimApp } from "../simulation/app.ts";
import { activityScenarios } from "./activities.ts";
import { childScenarios } from "./children.ts";
import { eventScenarios } from "./events.ts";
import { fleetScenarios } from "./fleet.ts";
import { lifecycleScenarios } from "./lifecycle.ts";
import type { Scenario } from "./scenario.ts";

export const SCENARIOS: readonly Scenario[] = [
  ...activityScenarios,
  ...childScenarios,
  ...eventScenarios,
  ...lifecycleScenarios,
  ...fleetScenarios,
];

/** The functions of all scenarios in one app. */
export const scenarioApp: SimApp = (env) => new FunctionRegistry(SCENARIOS.flatMap((scenario) => [...scenario.functions(env)]));
