import { signal } from "@preact/signals";
import { letterKeys } from "../state/settings.ts";
import { Sheet } from "../widgets/sheet.tsx";

export const isHelpOpen = signal(false);

const KEYS: readonly (readonly [readonly string[], string])[] = [
  [["/"], "Search for an instance or a function"],
  [["↑", "↓"], "Move in a list"],
  [["j", "k"], "The same"],
  [["Enter"], "Open what is marked"],
  [["Space"], "Choose it, or take it back"],
  [["Shift", "↑ ↓"], "Choose from there to here"],
  [["e"], "Raise an event"],
  [["Esc"], "Close, or choose nothing"],
  [["?"], "This list"],
];

export function Help() {
  if (!isHelpOpen.value) return null;
  return (
    <Sheet
      look="box"
      icon="question"
      title="Keys of the keyboard"
      onClose={() => {
        isHelpOpen.value = false;
      }}
    >
      <dl class="keys">
        {KEYS.map(([keys, text]) => (
          <div key={text}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {!letterKeys.value && <p class="dim small">Keys of one letter are turned off in the settings.</p>}
    </Sheet>
  );
}
