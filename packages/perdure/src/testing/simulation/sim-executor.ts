import type { ActivityResult, EpisodeResult, Executor } from "../../model/executor.ts";
import type { Recorder } from "../recorder.ts";
import type { NodeTime } from "../virtual-time.ts";

/** Boundaries around user code, and what the recorder must know of it. A dead process runs nothing and answers nobody. */
export function watchExecutor(inner: Executor, time: NodeTime, recorder: Recorder, boundary: (point: string) => void): Executor {
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
  return {
    functions: inner.functions,
    runEpisode: (request) => around<EpisodeResult>("episode", () => inner.runEpisode(request)),
    runActivity: (request) =>
      around<ActivityResult>("activity", async () => {
        recorder.activityBegins(request);
        const result = await inner.runActivity(request);
        if (result.kind === "completed") recorder.activityEnded(request, result.result ?? "null");
        return result;
      }),
    abortActivity: (task, reason) => inner.abortActivity(task, reason),
    forget: (no) => inner.forget(no),
    onHeartbeat: (listener) => inner.onHeartbeat(listener),
    close: () => inner.close(),
  };
}
