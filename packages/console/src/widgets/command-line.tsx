import { CopyButton } from "./copy-button.tsx";

/** The command that does the same as a dialog. */
export function CommandLine({ command }: { readonly command: string }) {
  return (
    <div class="field">
      <span class="row">
        <span class="label">As a command</span>
        <CopyButton text={command} label="Copy the command" />
      </span>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what can be scrolled must be reached with the keyboard */}
      <pre class="code wraps" tabIndex={0}>
        {command}
      </pre>
    </div>
  );
}
