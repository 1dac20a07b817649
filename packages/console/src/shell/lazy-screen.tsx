import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Route } from "../model/routes.ts";
import { LOADERS } from "../screens/all.ts";
import type { ScreenProps } from "../screens/props.ts";
import { Notice, Page } from "../widgets/page.tsx";

const loaded = new Map<Route["screen"], ComponentType<ScreenProps>>();

/** A screen, once its file is there. What was opened before is shown at once. */
export function LazyScreen({ route }: ScreenProps) {
  const [failed, setFailed] = useState(false);
  const [, setLoaded] = useState("");
  const { screen } = route;
  useEffect(() => {
    if (loaded.has(screen)) return;
    LOADERS[screen]().then(
      (component) => {
        loaded.set(screen, component);
        setLoaded(screen);
      },
      () => setFailed(true),
    );
  }, [screen]);
  const Shown = loaded.get(screen);
  if (Shown !== undefined) return <Shown key={screen} route={route} />;
  return (
    <Page>
      {failed && (
        <Notice title="This part of the page could not be loaded">
          <p class="muted">The host is away, or was updated since the page was opened.</p>
          <button type="button" class="btn" onClick={() => location.reload()}>
            Load the page again
          </button>
        </Notice>
      )}
    </Page>
  );
}
