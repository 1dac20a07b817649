import type { MessagePort } from "node:worker_threads";
import type { ActivityResult, EntityBatchResult, EpisodeResult, Executor } from "../../model/executor.ts";
import type { PortReply, PortRequest } from "./port-messages.ts";

/** The side that runs user code. */
export function servePort(inner: Executor, port: MessagePort): void {
  const reply = (message: PortReply): void => port.postMessage(message);
  const answer = (call: number, result: Promise<EpisodeResult | ActivityResult | EntityBatchResult>): void => {
    result.then(
      (value) => reply({ kind: "answer", call, answer: value }),
      (error: unknown) => reply({ kind: "error", call, error }),
    );
  };
  inner.onHeartbeat(({ no, generation, eventId }, progress) => reply({ kind: "heartbeat", task: { no, generation, eventId }, progress }));
  inner.onOffer(() => reply({ kind: "offer", offer: inner.offer }));
  port.on("message", (request: PortRequest) => {
    switch (request.kind) {
      case "runEpisode":
        return answer(request.call, inner.runEpisode(request.request));
      case "runActivity":
        return answer(request.call, inner.runActivity(request.request));
      case "runEntityBatch":
        return answer(request.call, inner.runEntityBatch(request.request));
      case "abortEpisode":
        return inner.abortEpisode(request.episode, request.reason);
      case "abortActivity":
        return inner.abortActivity(request.task, request.reason);
      case "forget":
        return inner.forget(request.no);
    }
  });
}
