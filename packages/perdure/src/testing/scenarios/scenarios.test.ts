import { testScenarios } from "./scenarios.testsuite.ts";

// As they are the simulator runs them in the gate, at its crash boundaries. One difference at a time: scenarios.full.test.ts.
testScenarios({
  "two processes, one message an episode": { store: "memory", nodes: 2, settings: { maxMessagesPerEpisode: 1 } },
  "on a file, cursor cache off, every message twice, group commits of one": {
    store: "sqlite",
    settings: { keepCursors: false, maxEpisodesPerCommit: 1 },
    twice: true,
  },
});
