import { PayloadCard } from "../common/payload.tsx";
import type { TabProps } from "./instance-tabs.tsx";

export function PayloadsTab({ view, detail }: Omit<TabProps, "query">) {
  const { input, output, customStatus, row } = detail;
  return (
    <div class="pair">
      <PayloadCard id={view.id} title="Input" preview={input} none="It was started without an input." />
      <PayloadCard
        id={view.id}
        title={row.status === "Failed" ? "Failure" : "Output"}
        preview={output}
        none={row.completedAt === null ? "There is none before it ends." : "It has returned none."}
      />
      <PayloadCard id={view.id} title="Custom status" preview={customStatus} none="It has set none." />
    </div>
  );
}
