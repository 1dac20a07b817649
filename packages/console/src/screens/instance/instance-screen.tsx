import { Page } from "../../widgets/page.tsx";
import type { ScreenProps } from "../props.ts";

export function InstanceScreen({ route }: ScreenProps) {
  return <Page>{route.path.join(" ")}</Page>;
}
