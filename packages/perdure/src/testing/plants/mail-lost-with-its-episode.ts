import type { Plant } from "./plant.ts";

export const mailLostWithItsEpisode: Plant = {
  name: "mail-lost-with-its-episode",
  sentence: "What an episode had taken is gone with the place where it ran: events, results and answers are never delivered.",
  file: "engine/instances/instance.ts",
  search: '    this.move("held");\n    this.mailbox.episodeGivesBack();',
  replace: '    this.move("held");\n    this.mailbox.episodeDone();',
  seed: 22,
};
