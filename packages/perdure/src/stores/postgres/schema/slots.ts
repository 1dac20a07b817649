/** Tasks that need a slot. One index for those that hold one (`not_before` is a time) and for those in line, in their order; other tasks are not in it. */
export const SLOTS = `
  ALTER TABLE tasks ADD COLUMN slot text COLLATE "C", ADD COLUMN slot_limit integer;
  CREATE INDEX tasks_slots ON tasks (slot, not_before, created_at, no, generation, event_id) WHERE slot IS NOT NULL;
  COMMENT ON COLUMN tasks.slot IS 'JSON: key of the activity''s name, key of the call. Null: needs no slot.';
  COMMENT ON COLUMN tasks.slot_limit IS 'So many are held at once.';
`;
