import { columnsOf, eachPosition, eachRow, rowFromZero } from "../wire/layout-sql.ts";
import { CONDITION, MESSAGE } from "../wire/message-row.ts";

const message = columnsOf(MESSAGE, "m");
const [at, sent, place, unknown] = ["g.pos", "s.pos", "p", "u.p"].map((position) => rowFromZero(MESSAGE, position)) as [
  string,
  string,
  string,
  string,
];

/**
 * How strings arrive, and how messages are sent.
 *
 * All strings of a call are in one `bytea`; numbers beside them say where: (offset from 1, length in bytes). Offset 0 is null, a negative length
 * a string that is stored packed (`_z` columns). Rows of numbers follow each other in one flat `bigint[]`.
 * The functions run with nested loops over index scans only: their plans are made once, when tables may still be empty, and must be the
 * right ones when there are millions of rows.
 */
export const MESSAGES = `
  -- STABLE, as convert_from is: else it is not inlined, and each call costs 2.5 µs. Short on purpose: a statement sets up each step of its expressions
  -- whenever it runs, and for a batch of one row that is most of its work.
  CREATE FUNCTION text_at(b bytea, o bigint, l bigint) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT convert_from(substr(b, nullif(o, 0)::int, l::int), 'UTF8')
  $$;
  -- Of a string that may be stored packed.
  CREATE FUNCTION payload_at(b bytea, o bigint, l bigint) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN o > 0 AND l >= 0 THEN convert_from(substr(b, o::int, l::int), 'UTF8') END
  $$;
  CREATE FUNCTION packed_at(b bytea, o bigint, l bigint) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN l < 0 THEN substr(b, o::int, -l::int) END
  $$;

  -- Key shares in order of no: they exclude a release or purge, never a claim or an episode. Gives p_known, which is
  -- sorted for the sake of width_bucket, with what was locked.
  CREATE FUNCTION lock_targets(m bigint[], b bytea, p_known bigint[]) RETURNS bigint[]
    LANGUAGE plpgsql AS $$
  DECLARE v_new bigint[];
  BEGIN
    LOOP
      v_new := ARRAY(SELECT DISTINCT t.no FROM (
        SELECT CASE WHEN ${message.targetNo("g")} >= 0 THEN (SELECT i.no FROM instances i WHERE i.no = ${message.targetNo("g")})
          ELSE (SELECT i.no FROM instances i WHERE i.instance_id = ${message.targetId("g")}) END AS no
        FROM ${eachRow(MESSAGE, "m")} g) t
        WHERE t.no IS NOT NULL AND p_known[width_bucket(t.no, p_known)] IS DISTINCT FROM t.no);
      EXIT WHEN cardinality(v_new) = 0;
      PERFORM no FROM instances WHERE no = ANY (v_new) ORDER BY no FOR KEY SHARE;
      p_known := ARRAY(SELECT k FROM unnest(p_known || v_new) k ORDER BY k);
    END LOOP;
    RETURN p_known;
  END $$;

  -- An unowned sleeper becomes ready. Rows are locked in order first: an UPDATE alone would take them as it finds them.
  CREATE FUNCTION wake_instances(p_nos bigint[], p_now bigint) RETURNS boolean
    LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM no FROM instances WHERE no = ANY (p_nos) AND owner IS NULL ORDER BY no FOR NO KEY UPDATE;
    UPDATE instances SET wake_at = p_now, stopped = NULL
      WHERE no = ANY (p_nos) AND owner IS NULL AND coalesce(completed_at, -1) < 0 AND (wake_at IS NULL OR wake_at > p_now);
    RETURN FOUND;
  END $$;

  -- Positions count from 0. A conditional message is sent when its finished task was deleted, or when its create did not start.
  CREATE FUNCTION send_messages(p_worker bigint, m bigint[], b bytea, p_known bigint[], p_finished bigint[], p_not_started bigint[], p_now bigint,
    OUT o_seqs bigint[], OUT o_unknown bigint[], OUT o_done bigint[], OUT o_mail_for bigint[], OUT o_owners bigint[], OUT o_woke boolean)
    LANGUAGE plpgsql AS $$
  DECLARE
    v_nos bigint[];
    v_owners bigint[];
    v_wake bigint[];
    v_sent bigint;
  BEGIN
    PERFORM lock_targets(m, b, p_known);
    SELECT array_agg(s.no ORDER BY s.pos), array_agg(s.owner ORDER BY s.pos), array_agg(s.seq ORDER BY s.pos), count(s.seq),
        array_agg(s.pos ORDER BY s.pos) FILTER (WHERE s.no IS NULL AND s.goes),
        array_agg(s.pos ORDER BY s.pos) FILTER (WHERE s.completed_at IS NOT NULL AND s.goes),
        array_agg(DISTINCT s.no) FILTER (WHERE s.seq IS NOT NULL AND s.owner = p_worker),
        array_agg(DISTINCT s.owner) FILTER (WHERE s.seq IS NOT NULL AND s.owner <> p_worker),
        array_agg(DISTINCT s.no) FILTER (WHERE s.seq IS NOT NULL AND s.owner IS NULL AND (s.stopped IS NULL OR ${message.wakesStopped(sent)} = 1)
          AND (s.wake_at IS NULL OR s.wake_at > p_now))
      INTO v_nos, v_owners, o_seqs, v_sent, o_unknown, o_done, o_mail_for, o_owners, v_wake
      FROM (
        SELECT t.*, CASE WHEN t.goes AND t.no IS NOT NULL AND t.completed_at IS NULL THEN nextval('inbox_seq') END AS seq
        FROM (
          SELECT g.pos, i.no, i.owner, i.completed_at, i.stopped, i.wake_at,
            CASE ${message.condition(at)} WHEN ${CONDITION.finished} THEN ${message.conditionNumber(at)} = ANY (p_finished) WHEN ${CONDITION.notStarted} THEN ${message.conditionNumber(at)} = ANY (p_not_started)
              ELSE true END AS goes
          FROM ${eachPosition(MESSAGE, "m")} AS g (pos)
          LEFT JOIN LATERAL (
            SELECT a.no, a.owner, a.completed_at, a.stopped, a.wake_at FROM instances a
              WHERE ${message.targetNo(at)} >= 0 AND a.no = ${message.targetNo(at)}
            UNION ALL
            SELECT a.no, a.owner, a.completed_at, a.stopped, a.wake_at FROM instances a
              WHERE ${message.targetNo(at)} < 0 AND a.instance_id = ${message.targetId(at)}
          ) i ON true
          ORDER BY g.pos
        ) t
      ) s;
    IF EXISTS (SELECT FROM unnest(o_unknown) u (p) WHERE ${message.createsTarget(unknown)} = 1) THEN
      RAISE EXCEPTION 'the target of a message was deleted' USING ERRCODE = '40001'; -- as it was locked: again, it is created then
    END IF;
    INSERT INTO inbox (no, seq, worker, generation, kind, message_id, body, body_z)
      SELECT v_nos[p + 1], o_seqs[p + 1], v_owners[p + 1], nullif(${message.generation(place)}, -1), ${message.kind(place)},
        ${message.messageId(place)}, ${message.body(place)}, ${message.bodyZ(place)}
      FROM ${eachPosition(MESSAGE, "m")} p WHERE o_seqs[p + 1] IS NOT NULL ORDER BY p
      ON CONFLICT (no, message_id) WHERE message_id IS NOT NULL DO NOTHING;
    GET DIAGNOSTICS v_sent = ROW_COUNT;
    IF v_sent < (SELECT count(s) FROM unnest(o_seqs) s) THEN -- copies of messages that are in the inbox already
      o_seqs := ARRAY(
        SELECT (SELECT x.seq FROM inbox x WHERE x.no = v_nos[p + 1] AND x.seq = o_seqs[p + 1])
        FROM ${eachPosition(MESSAGE, "m")} p ORDER BY p);
    END IF;
    o_woke := v_wake IS NOT NULL AND wake_instances(v_wake, p_now);
  END $$;
`;
