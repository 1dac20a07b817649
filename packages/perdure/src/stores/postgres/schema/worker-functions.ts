/** What a worker runs: JSON, names by kind of function. So another kind needs no other table. */
export const WORKER_FUNCTIONS = `
  ALTER TABLE workers ADD COLUMN functions text;
  UPDATE workers SET functions = json_build_object('orchestrator', orchestrators, 'activity', activities)::text;
  ALTER TABLE workers ALTER COLUMN functions SET NOT NULL, DROP COLUMN orchestrators, DROP COLUMN activities;
`;
