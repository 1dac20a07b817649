import { CHECK_LAYOUT } from "./check-layout.ts";
import { PLANS } from "./plans.ts";

/**
 * Messages that would create their target, from transactions of callers. Created there, the target would make every batch with a message to the same new id wait
 * until the caller commits: nothing here is unique but `seq`, so no batch waits.
 */
export const KEPT_MAIL_TABLE = `
  CREATE TABLE kept_mail (
    seq bigint PRIMARY KEY DEFAULT nextval('inbox_seq'),
    instance_id text COLLATE "C" NOT NULL,
    body text NOT NULL -- JSON of a Delivery, so that any release can deliver it
  );
  CREATE INDEX kept_mail_instance_id ON kept_mail (instance_id);
  COMMENT ON TABLE kept_mail IS 'Messages to instances that did not exist when a transaction of a caller sent them. The next look of a worker delivers them.';
`;

export const KEPT_MAIL = `
  -- m, b: one message, which creates no target. It is kept where there is none, and behind what is kept for it already.
  CREATE FUNCTION deliver_or_keep(p_layout bigint, m bigint[], b bytea, p_id text, p_body text,
    OUT o_outcome text, OUT o_status text, OUT o_owner bigint, OUT o_woke boolean) LANGUAGE plpgsql ${PLANS} AS $$
  BEGIN
    ${CHECK_LAYOUT}
    PERFORM check_isolation();
    IF (SELECT true FROM kept_mail k WHERE k.instance_id = p_id LIMIT 1) IS NULL THEN
      SELECT d.o_outcome, d.o_status, d.o_owner, d.o_woke INTO o_outcome, o_status, o_owner, o_woke FROM deliver_message(p_layout, m, '{}', b) d;
    END IF;
    IF coalesce(o_outcome, 'notFound') = 'notFound' THEN
      INSERT INTO kept_mail (instance_id, body) VALUES (p_id, p_body);
      o_outcome := 'kept';
    END IF;
  END $$;

  -- Nothing when another worker has delivered it.
  CREATE FUNCTION deliver_kept(p_layout bigint, p_seq bigint, m bigint[], c bigint[], b bytea,
    OUT o_outcome text, OUT o_status text, OUT o_owner bigint, OUT o_woke boolean) LANGUAGE plpgsql ${PLANS} AS $$
  BEGIN
    ${CHECK_LAYOUT}
    DELETE FROM kept_mail WHERE seq = p_seq;
    IF NOT FOUND THEN RETURN; END IF;
    SELECT d.o_outcome, d.o_status, d.o_owner, d.o_woke INTO o_outcome, o_status, o_owner, o_woke FROM deliver_message(p_layout, m, c, b) d;
  END $$;
`;
