// Writes docs/grafana: the dashboard and the alert rules, made from the table of metrics.
import { writeFileSync } from "node:fs";
import { alertRules } from "./grafana/alerts.ts";
import { board } from "./grafana/board.ts";
import { ROOT } from "./lib/paths.ts";

writeFileSync(`${ROOT}/docs/grafana/perdure.json`, `${JSON.stringify(board(), null, 2)}\n`);
writeFileSync(`${ROOT}/docs/grafana/alerts.yml`, alertRules());
