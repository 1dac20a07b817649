import { testScenarios } from "./scenarios.testsuite.ts";

testScenarios({
  "as it is": { store: "memory" },
  "two processes": { store: "memory", nodes: 2 },
  "cursor cache off": { store: "memory", settings: { keepCursors: false } },
  "group commits of one": { store: "memory", settings: { maxEpisodesPerCommit: 1 } },
  "one message an episode": { store: "memory", settings: { maxMessagesPerEpisode: 1 } },
  "every message twice": { store: "memory", twice: true },
  "on a file": { store: "sqlite" },
});
