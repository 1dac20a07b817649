import type { Route } from "../model/routes.ts";

export interface ScreenProps {
  readonly route: Route;
}
