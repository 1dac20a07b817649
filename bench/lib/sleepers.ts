import type { HostCommand, Loaded, SleepersArgument } from "../children/sleepers.ts";
import { Child } from "./child.ts";

/** On the built package: a fresh process of a user does not compile TypeScript sources of ours first. */
export const spawnSleepers = (argument: SleepersArgument): Child => new Child("children/sleepers.ts", argument, { built: true });

/** A process of its own puts them to sleep and goes; returns how long that took, in seconds. */
export async function fillWithSleepers(
  load: Omit<SleepersArgument & { readonly role: "load" }, "role">,
  say: (line: string) => void,
): Promise<number> {
  say(`Putting ${load.count} instances to sleep …`);
  const loader = spawnSleepers({ role: "load", ...load });
  const { seconds } = await loader.next<Loaded>();
  await loader.stop();
  say(`… in ${seconds.toFixed(1)} s.`);
  return seconds;
}

export const askSleepers = <Answer>(child: Child, command: HostCommand): Promise<Answer> => child.call<Answer>(command);

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
