import type { InstanceDetail } from "../../api/wire.ts";
import { grouped } from "../../model/numbers.ts";
import { instanceHref } from "../../model/routes.ts";
import { TimeOf } from "../common/time.tsx";

/** Of one that has continued as new: which generation is shown, and what is left of those before. */
export function Generations({ detail }: { readonly detail: InstanceDetail }) {
  const { row, generationBeganAt, children } = detail;
  const { id, generation } = row;
  if (generation === 0) return null;
  return (
    <div class="earlier">
      <span>
        Generation {grouped(generation + 1)}
        {generationBeganAt !== null && (
          <>
            , which began <TimeOf at={generationBeganAt} hasDay />
          </>
        )}
        . It has continued as new {generation === 1 ? "once" : `${grouped(generation)} times`}; of earlier generations the{" "}
        <a class="link" href={instanceHref(id, "payloads")}>
          input that the last one gave
        </a>{" "}
        is kept{children > 0 && ", and their "}
        {children > 0 && (
          <a class="link" href={instanceHref(id, "children")}>
            sub-orchestrations
          </a>
        )}
        , and no history.
      </span>
    </div>
  );
}
