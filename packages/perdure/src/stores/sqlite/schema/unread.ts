/** Apart from the inbox, which each look of a worker passes over. */
export const UNREAD = `
  -- Events that an instance had accepted when it failed: a rewind gives them back.
  CREATE TABLE unread (
    no INTEGER NOT NULL,
    seq INTEGER NOT NULL,          -- as in the inbox
    body NOT NULL,                 -- JSON
    message_id TEXT,
    PRIMARY KEY (no, seq)
  );
`;
