import { hub, streamState } from "../state/hub.ts";
import type { Theme } from "../state/settings.ts";
import { letterKeys, showsUtc, theme } from "../state/settings.ts";
import { Icon } from "../widgets/icon.tsx";
import { Menu } from "../widgets/menu.tsx";
import { isHelpOpen } from "./help.tsx";

const THEMES: readonly (readonly [Theme, string])[] = [
  ["system", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

const SETTINGS = "letters";

/** Theme and settings, at two places: below the navigation, and in the bar above on a narrow screen. */
export function ShellTools() {
  return (
    <span class="tools">
      <Menu
        look="btn ghost icon-only s"
        label="Theme"
        text={<Icon name="sun" isSmall />}
        items={THEMES.map(([value, text]) => ({ value, text, isOn: theme.value === value }))}
        onChoose={(value) => {
          theme.value = THEMES.find(([known]) => known === value)?.[0] ?? "system";
        }}
      />
      <Menu
        look="btn ghost icon-only s"
        label="Settings"
        text={<Icon name="settings" isSmall />}
        isMany
        items={[
          { value: SETTINGS, text: "Keys of one letter", isOn: letterKeys.value },
          { value: "utc", text: "Times in UTC", isOn: showsUtc.value },
          { value: "help", text: "Keys of the keyboard…", icon: "question", isFirstOfGroup: true },
        ]}
        onChoose={(value) => {
          if (value === SETTINGS) letterKeys.value = !letterKeys.value;
          else if (value === "utc") showsUtc.value = !showsUtc.value;
          else isHelpOpen.value = true;
        }}
      />
    </span>
  );
}

export function Foot() {
  const isLive = streamState.value === "open";
  return (
    <div class="side-foot">
      <div>
        <span class={isLive ? "live" : "live off"} />
        <span role="status">{isLive ? "Live" : "Not connected"}</span>
        <ShellTools />
      </div>
      <div>
        {hub.value === null ? "" : `v${hub.value.version} · `}times in {zoneText()}
      </div>
    </div>
  );
}

function zoneText(): string {
  const minutes = showsUtc.value ? 0 : -new Date().getTimezoneOffset();
  if (minutes === 0) return "UTC";
  const size = Math.abs(minutes);
  const two = (n: number): string => String(n).padStart(2, "0");
  return `UTC${minutes < 0 ? "−" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
