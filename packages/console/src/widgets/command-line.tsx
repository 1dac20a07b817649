import { CopyButton } from "./copy-button.tsx";
import { ScrollArea } from "./scroll-area.tsx";

/** The command that does the same as a dialog. */
export function CommandLine({ command }: { readonly command: string }) {
  return (
    <div class="field">
      <span class="row">
        <span class="label">As a command</span>
        <CopyButton text={command} label="Copy the command" />
      </span>
      <ScrollArea look="code fold" label="Command">
        {command}
      </ScrollArea>
    </div>
  );
}
