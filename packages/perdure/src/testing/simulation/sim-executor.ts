import { wrapExecutor } from "../../executors/wrap-executor.ts";
import type { ActivityResult, EpisodeRequest, EpisodeResult, Executor } from "../../model/executor.ts";
import type { Recorder } from "../recorder.ts";
import type { NodeTime } from "../virtual-time.ts";

export interface WatchedExecutor {
  readonly inner: Executor;
  readonly time: NodeTime;
  readonly recorder: Recorder;
  readonly boundary: (point: string) => void;
  /** How long after it has run an episode is answered, ms: user code on another thread. */
  readonly lag: () => number;
}

/** Boundaries around user code, and what the recorder must know of it. A dead process runs nothing and gives no answers. */
export function watchExecutor({ inner, time, recorder, boundary, lag }: WatchedExecutor): Executor {
  const around = <T>(method: string, call: () => Promise<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (time.isDead) return;
      boundary(`${method}:before`);
      if (time.isDead) return;
      const arrive = (answer: () => void) => {
        time.deliver(() => {
          boundary(`${method}:after`);
          if (!time.isDead) answer();
        });
      };
      call().then(
        (value) => arrive(() => resolve(value)),
        (error: unknown) => arrive(() => reject(error)),
      );
    });
  const counted = async (request: EpisodeRequest): Promise<EpisodeResult> => {
    try {
      const result = await inner.runEpisode(request);
      if (result.kind === "lost" && result.atFault !== false) recorder.evidence.lost(request.no);
      return result;
    } catch (error) {
      recorder.evidence.lost(request.no);
      throw error;
    }
  };
  return wrapExecutor(inner, {
    runEpisode: (request) =>
      around<EpisodeResult>("episode", async () => {
        const result = await counted(request);
        const lateMs = lag();
        if (lateMs > 0) await new Promise<void>((resolve) => time.after(lateMs, resolve));
        return result;
      }),
    runActivity: (request) =>
      around<ActivityResult>("activity", async () => {
        recorder.activityBegins(request);
        const result = await inner.runActivity(request);
        if (result.kind === "completed") recorder.activityEnded(request, result.result ?? "null");
        return result;
      }),
  });
}
