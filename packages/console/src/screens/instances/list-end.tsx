import { hrefOf } from "../../model/routes.ts";
import type { InstanceRows } from "../../state/list.ts";
import { TimeOf } from "../common/time.tsx";

/** Behind the last row: that it goes on, how far back was looked, or that there is nothing. */
export function ListEnd({ rows }: { readonly rows: InstanceRows }) {
  const { isLoading, isWhole, isStopped, error, reachedBackTo } = rows.state.value;
  const isEmpty = rows.order.value.length === 0;
  if (isWhole)
    return isEmpty ? (
      <p class="list-end">
        No instance is like that.
        <a class="btn s" href={hrefOf("instances")}>
          All instances
        </a>
      </p>
    ) : null;
  const looked =
    reachedBackTo === null ? null : (
      <>
        Looked back to <TimeOf at={reachedBackTo} hasDay />
      </>
    );
  if (error !== null || isStopped) {
    return (
      <p class="list-end" role="status">
        {error === null ? looked : <span class="bad">{error.message}</span>}
        <button type="button" class="btn s" onClick={() => rows.lookFurther()}>
          {error === null ? "Look further" : "Try again"}
        </button>
      </p>
    );
  }
  if (!isLoading) return null;
  return (
    <p class="list-end" role="status">
      {looked ?? "Loads…"}
      {looked !== null && (
        <button type="button" class="btn s" onClick={() => rows.stop()}>
          Stop
        </button>
      )}
    </p>
  );
}
