import { Page } from "../../widgets/page.tsx";
import { FirstSteps } from "./first-steps.tsx";

export function FirstStepsScreen() {
  return (
    <Page>
      <FirstSteps />
    </Page>
  );
}
