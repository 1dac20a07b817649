import { VERSION_KEY } from "./version-keys.ts";

/**
 * All times are ms since 1970 on the database's clock; the views show them as timestamps. Nothing that an episode changes is indexed, so updates of
 * instances stay HOT. `next_wake`: 0 = at once, null = only a message can move it. Strings over 16 KB, and those that a text column cannot hold, are
 * in the `_z` column beside it (wire/text-column.ts).
 */
export const TABLES = `
  CREATE SEQUENCE instance_no_seq;
  CREATE SEQUENCE worker_seq;
  CREATE SEQUENCE fence_seq;
  CREATE SEQUENCE inbox_seq CACHE 1;

  CREATE TABLE workers (
    worker bigint PRIMARY KEY,
    fence bigint UNIQUE,
    refenced_by text,
    lease_until bigint NOT NULL,
    renewals bigint NOT NULL DEFAULT 0,
    joined_at bigint NOT NULL,
    died_at bigint,
    functions text NOT NULL, -- JSON: names by kind of function, so that another kind needs no other table
    host text NOT NULL,
    load text
  ) WITH (fillfactor = 20, autovacuum_vacuum_threshold = 50, autovacuum_vacuum_scale_factor = 0);

  CREATE TABLE instances (
    no bigint PRIMARY KEY,
    owner bigint,
    wake_at bigint,
    next_wake bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    completed_at bigint,
    start_at bigint,
    generation integer NOT NULL,
    version integer NOT NULL,
    crashes integer NOT NULL DEFAULT 0,
    instance_id text COLLATE "C" NOT NULL,
    name text NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    execution_id text NOT NULL,
    start_id text, -- execution id of its start, once it is another one
    status text NOT NULL,
    orchestration_version text COLLATE "C",
    tags text,
    parent text,
    stopped text,
    poison_code_versions text, -- JSON array: versions of the code under which it crashed its process
    custom_status text,
    custom_status_z bytea,
    input text,
    input_z bytea,
    output text,
    output_z bytea,
    CONSTRAINT instances_instance_id UNIQUE (instance_id) WITH (fillfactor = 80),
    CONSTRAINT owned_or_waiting CHECK (owner IS NULL OR wake_at IS NULL),
    CONSTRAINT done_is_at_rest CHECK (completed_at IS NULL OR (owner IS NULL AND wake_at IS NULL))
  ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);
  -- By version, since a worker may take some of them only and must not pass over all others. Suspects (crashes > 1) apart, since they are claimed a few at a time. An episode that sets 0 where 0 was stays HOT.
  CREATE INDEX instances_ready ON instances (name_key, ${VERSION_KEY}, crashes, wake_at) WHERE owner IS NULL AND wake_at IS NOT NULL;
  CREATE INDEX instances_owned ON instances (owner) WHERE owner IS NOT NULL;
  CREATE INDEX instances_created ON instances (created_at, no);
  CREATE INDEX instances_completed ON instances (completed_at) WHERE completed_at IS NOT NULL;
  CREATE INDEX instances_stopped ON instances (no) WHERE stopped IS NOT NULL;

  CREATE TABLE history (
    no bigint NOT NULL,
    at bigint NOT NULL,
    generation integer NOT NULL,
    first_seq integer NOT NULL,
    count integer NOT NULL,
    events text,
    events_z bytea,
    PRIMARY KEY (no, generation, first_seq)
  );

  -- Instances whose history of generations before this one is no longer read: the sweep drops it, a slice at a time.
  CREATE TABLE outgrown (
    no bigint NOT NULL,
    generation integer NOT NULL,
    PRIMARY KEY (no, generation)
  );

  CREATE TABLE inbox (
    no bigint NOT NULL,
    seq bigint NOT NULL,
    worker bigint,
    generation integer,
    kind text NOT NULL,
    message_id text,
    body text,
    body_z bytea,
    PRIMARY KEY (no, seq)
  ) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 200);
  CREATE INDEX inbox_worker ON inbox (worker, seq) WHERE worker IS NOT NULL;
  CREATE UNIQUE INDEX inbox_message_id ON inbox (no, message_id) WHERE message_id IS NOT NULL;

  CREATE TABLE batches (
    worker bigint NOT NULL,
    n bigint NOT NULL,
    at bigint NOT NULL,
    token text NOT NULL,
    receipt text,
    PRIMARY KEY (worker, n)
  ) WITH (autovacuum_vacuum_scale_factor = 0.1);

  CREATE TABLE tasks (
    no bigint NOT NULL,
    worker bigint,
    not_before bigint NOT NULL,
    created_at bigint NOT NULL,
    generation integer NOT NULL,
    event_id integer NOT NULL,
    attempts integer NOT NULL,
    crashes integer NOT NULL,
    instance_id text NOT NULL,
    name text NOT NULL,
    name_key text COLLATE "C" NOT NULL,
    body text,
    body_z bytea,
    progress text,
    progress_z bytea,
    PRIMARY KEY (no, generation, event_id)
  ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 200);
  CREATE INDEX tasks_free ON tasks (name_key, not_before) WHERE worker IS NULL AND crashes < 2;
  CREATE INDEX tasks_suspect ON tasks (name_key, not_before) WHERE worker IS NULL AND crashes > 1;
  CREATE INDEX tasks_claimed ON tasks (worker) WHERE worker IS NOT NULL;

  COMMENT ON TABLE workers IS 'Engine processes of this task hub. fence null: dead, until all it owned is free.';
  COMMENT ON TABLE instances IS 'Orchestration instances, one row each. See the view instance_list.';
  COMMENT ON TABLE history IS 'Append-only: one row for each instance and group commit; events is a JSON array.';
  COMMENT ON TABLE inbox IS 'Messages that no episode has taken yet.';
  COMMENT ON TABLE batches IS 'One marker for each group commit, by which an unknown outcome is found out.';
  COMMENT ON TABLE tasks IS 'Shared, long and suspect activities. Others have no row: their TaskScheduled event is the record.';
`;
