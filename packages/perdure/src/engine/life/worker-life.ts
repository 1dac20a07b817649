import { messageOf } from "../../errors/perdure-error.ts";
import { onDefect } from "../../process/defects.ts";
import { refusalText } from "../../store/errors.ts";
import { saidByStore } from "../../store/said-by-store.ts";
import type { ClientDoor } from "../clients/client-door.ts";
import type { WorkerParts, WorkerSettings } from "../options.ts";
import type { Phase } from "../phase.ts";
import { isOver } from "../phase.ts";
import type { Progress } from "../recovery/progress.ts";
import type { WorkerMemory } from "../recovery/worker-memory.ts";
import { within } from "../time/within.ts";
import type { Drain } from "./drain.ts";
import type { Joining } from "./joining.ts";
import { LEAVE_MS } from "./joining.ts";
import type { Membership } from "./membership.ts";
import type { Rejoining } from "./rejoining.ts";
import type { Work } from "./work.ts";

/** After the drain: a store that does not answer must not keep the process. */
const HAND_BACK_MS = 2_000;

const leaveFailed = (why: string) =>
  `The worker could not hand back its work: ${why}. Nothing is lost: others take over when its lease ends, or the next start does.`;

export interface LifePort {
  readonly parts: Pick<WorkerParts, "scheduler">;
  readonly settings: Pick<WorkerSettings, "drainMs">;
  readonly joining: Pick<Joining, "first" | "settled">;
  readonly work: Pick<Work, "begin" | "stopHints" | "end">;
  readonly drain: Pick<Drain, "untilQuiet" | "handBack">;
  readonly rejoining: Pick<Rejoining, "isShutOut">;
  readonly membership: Pick<Membership, "leave" | "log">;
  readonly memory: Pick<WorkerMemory, "die">;
  readonly door: Pick<ClientDoor, "close">;
  readonly progress: Pick<Progress, "whyUnwritten">;
}

/** The life of one worker from its start to its end, the only one who changes its {@link Phase}. */
export class WorkerLife {
  readonly #port: LifePort;
  #phase: Phase = "joining";
  #stopDefects: (() => void) | null = null;

  constructor(port: LifePort) {
    this.#port = port;
  }

  get phase(): Phase {
    return this.#phase;
  }

  async start(): Promise<void> {
    await this.#port.joining.first();
    if (this.#phase !== "joining") return;
    this.#phase = "running";
    this.#stopDefects = onDefect((error) => this.#defect(error));
    this.#port.work.begin();
  }

  async stop(): Promise<void> {
    if (isOver(this.#phase)) return;
    const { parts, settings, membership, drain, door, joining, work, rejoining } = this.#port;
    if (this.#phase === "joining") {
      this.#halt("stopped");
      await joining.settled();
      return;
    }
    this.#phase = "draining";
    work.stopHints();
    await drain.untilQuiet(settings.drainMs, () => rejoining.isShutOut || this.#phase !== "draining");
    const handedBack = await within(parts.scheduler, HAND_BACK_MS, rejoining.isShutOut ? Promise.resolve() : drain.handBack());
    if (handedBack.kind === "failed") saidByStore(handedBack.error);
    this.#halt("stopped");
    door.close();
    const left = await within(parts.scheduler, LEAVE_MS, membership.leave());
    if (handedBack.kind === "done" && left.kind === "done") membership.log("info", "worker.left", "The worker has left the task hub");
    else this.#logUnleft(left.kind === "failed" ? refusalText(saidByStore(left.error)) : this.#port.progress.whyUnwritten);
    await joining.settled();
  }

  #logUnleft(why: string): void {
    this.#port.membership.log("warn", "worker.leave-failed", leaveFailed(why));
  }

  /** As a crash would. */
  kill(): void {
    this.#halt("dead");
    this.#port.memory.die();
  }

  /** Of whichever worker in this process: they stop before anything rests on it. */
  #defect(error: unknown): false {
    this.kill();
    this.#port.membership.log("error", "engine.defect", messageOf("ENGINE_DEFECT", error));
    return false;
  }

  #halt(phase: "stopped" | "dead"): void {
    this.#phase = phase;
    this.#port.work.end();
    this.#stopDefects?.();
    this.#stopDefects = null;
  }
}
