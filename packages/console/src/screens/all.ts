import type { ComponentType } from "preact";
import type { ScreenName } from "../model/routes.ts";
import type { ScreenProps } from "./props.ts";

/** Each is a file of its own, which the browser gets when it is opened first. */
export const LOADERS: Readonly<Record<ScreenName, () => Promise<ComponentType<ScreenProps>>>> = {
  instances: async () => (await import("./instances/instances-screen.tsx")).InstancesScreen,
  instance: async () => (await import("./instance/instance-screen.tsx")).InstanceScreen,
  entities: async () => (await import("./entities/entities-screen.tsx")).EntitiesScreen,
  failures: async () => (await import("./failures/failures-screen.tsx")).FailuresScreen,
  workers: async () => (await import("./workers/workers-screen.tsx")).WorkersScreen,
  functions: async () => (await import("./functions/functions-screen.tsx")).FunctionsScreen,
  schedules: async () => (await import("./schedules/schedules-screen.tsx")).SchedulesScreen,
  "first-steps": async () => (await import("./first-steps/first-steps-screen.tsx")).FirstStepsScreen,
};
