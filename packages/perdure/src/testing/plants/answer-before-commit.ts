import type { Plant } from "./plant.ts";

export const answerBeforeCommit: Plant = {
  name: "answer-before-commit",
  sentence: "A client is told that its event is accepted before the event is durable.",
  file: "engine/mail/message-router.ts",
  search: "    target.mailbox.put(clientMail(message, op));",
  replace: '    op.resolve({ outcome: "delivered", status: null }); target.mailbox.put(clientMail(message, op));',
  seed: 2,
};
