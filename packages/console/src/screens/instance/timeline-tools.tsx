import { compressesWaits } from "../../state/settings.ts";
import { Icon } from "../../widgets/icon.tsx";

/** As often as wide as its place. More would be drawn for nobody: what is that short is told by its numbers. */
export const MOST_ZOOM = 16;

/** How the timeline is drawn. */
export function TimelineTools({ zoom, onZoom }: { readonly zoom: number; readonly onZoom: (zoom: number) => void }) {
  return (
    <span class="spread row">
      <button
        type="button"
        class="btn ghost s"
        aria-pressed={compressesWaits.value}
        onClick={() => {
          compressesWaits.value = !compressesWaits.value;
        }}
      >
        Compress waits
      </button>
      <button
        type="button"
        class="btn ghost s icon-only wide-only"
        aria-label="Zoom in"
        title="Zoom in"
        disabled={zoom >= MOST_ZOOM}
        onClick={() => onZoom(zoom * 2)}
      >
        <Icon name="zoom" isSmall />
      </button>
      <button
        type="button"
        class="btn ghost s icon-only wide-only"
        aria-label="All of it"
        title="All of it"
        disabled={zoom === 1}
        onClick={() => onZoom(1)}
      >
        <Icon name="whole" isSmall />
      </button>
    </span>
  );
}
