import type { Plant } from "./plant.ts";

export const lateAnswerLeftBehind: Plant = {
  name: "late-answer-left-behind",
  sentence: "Answers that come after their turn are left behind when the line has no room for all of them.",
  file: "engine/turns/turn-loop.ts",
  search: "    while (this.#late.length > 0 && room.make()) this.#takeLate(this.#late.shift());\n",
  replace: "    if (room.make()) this.#takeLate(this.#late.shift());\n    this.#late.clear();\n",
  seed: 7,
};
