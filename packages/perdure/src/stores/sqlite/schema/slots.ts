/** Tasks that need a slot. One index for those that hold one (`not_before` is a time) and for those in line, in their order; other tasks are not in it. */
export const SLOTS = `
  ALTER TABLE tasks ADD COLUMN slot TEXT;          -- JSON: key of the activity's name, key of the call
  ALTER TABLE tasks ADD COLUMN slot_limit INTEGER; -- so many are held at once
  CREATE INDEX tasks_slots ON tasks (slot, not_before, created_at, no, generation, event_id) WHERE slot IS NOT NULL;
`;
