/** What ended histories, and what began in another way than by a start. `audit_loops`: what a continue-as-new changes is in no index. */
export const AUDIT = `
  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    no INTEGER,                    -- of the run that is meant; null: it came from another store without the run
    instance_id TEXT NOT NULL,
    what TEXT NOT NULL,
    at INTEGER NOT NULL,           -- the last time
    first_at INTEGER NOT NULL,
    count INTEGER NOT NULL,
    by TEXT,
    reason TEXT,
    detail TEXT NOT NULL           -- JSON: the run as it was then
  );
  CREATE INDEX audit_instance ON audit (instance_id);
  CREATE UNIQUE INDEX audit_loops ON audit (no) WHERE what = 'continueAsNew';
`;
