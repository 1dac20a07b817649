/** Apart from the inbox, which each look of a worker passes over. */
export const UNREAD_TABLE = `
  CREATE TABLE unread (
    no bigint NOT NULL,
    seq bigint NOT NULL, -- as in the inbox
    message_id text,
    body text,
    body_z bytea,
    PRIMARY KEY (no, seq)
  );
  COMMENT ON TABLE unread IS 'Events that an instance had accepted when it failed. A rewind gives them back.';
`;

export const UNREAD = `
  -- Empties the inboxes of what has ended, or is gone, but for starts in its place. Gives how many messages nothing will ever read. The lock keeps a rewind away; the mail is read by a later
  -- statement, with a newer snapshot.
  CREATE FUNCTION clear_inboxes() RETURNS bigint LANGUAGE plpgsql AS $$
  DECLARE
    v_ended bigint[];
    v_failed bigint[];
    v_dropped bigint;
  BEGIN
    v_ended := ARRAY(SELECT i.no FROM instances i WHERE i.no IN (SELECT b.no FROM inbox b) AND coalesce(i.completed_at, -1) >= 0 FOR NO KEY UPDATE SKIP LOCKED);
    v_failed := ARRAY(SELECT i.no FROM instances i WHERE i.no = ANY (v_ended) AND i.status = 'Failed');
    WITH gone AS (
      DELETE FROM inbox b WHERE (b.no = ANY (v_ended) AND b.kind <> 'replace') OR (SELECT i.no FROM instances i WHERE i.no = b.no) IS NULL
        RETURNING b.no, b.seq, b.kind, b.message_id, b.body, b.body_z
    ), kept AS (
      INSERT INTO unread (no, seq, message_id, body, body_z)
        SELECT g.no, g.seq, g.message_id, g.body, g.body_z FROM gone g WHERE g.kind = 'event' AND g.no = ANY (v_failed) RETURNING no
    ) SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM kept) INTO v_dropped;
    RETURN v_dropped;
  END $$;

  -- An ended run of which this is true has not ended for good.
  CREATE FUNCTION accepts_start(p_no bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM inbox m WHERE m.no = p_no AND m.kind = 'replace')
  $$;

  -- To an instance that lives again come the events that it had not taken when it failed, and nothing else.
  CREATE FUNCTION read_again(p_no bigint) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    DELETE FROM inbox b WHERE b.no = p_no AND b.kind NOT IN ('event', 'replace');
    WITH back AS (DELETE FROM unread u WHERE u.no = p_no RETURNING u.no, u.seq, u.message_id, u.body, u.body_z)
      INSERT INTO inbox (no, seq, kind, message_id, body, body_z) SELECT no, seq, 'event', message_id, body, body_z FROM back;
  END $$;
`;
