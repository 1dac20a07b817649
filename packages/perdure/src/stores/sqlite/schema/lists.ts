/**
 * Lists without a look at every row. `instances_ended` takes the place of `instances_completed`: who asks for all ends merges one range for each status. What an
 * episode changes is in none of them.
 */
export const LISTS = `
  ALTER TABLE instances ADD COLUMN parent_no INTEGER; -- \`no\` of \`parent\`, for its index
  UPDATE instances SET parent_no = json_extract(parent, '$.no') WHERE json_valid(parent);
  CREATE INDEX instances_parent ON instances (parent_no, created_at, no) WHERE parent_no IS NOT NULL;
  CREATE INDEX instances_open ON instances (created_at, no) WHERE completed_at IS NULL;
  CREATE INDEX instances_ended ON instances (status, completed_at, no) WHERE completed_at IS NOT NULL;
  DROP INDEX instances_completed;
`;
