/**
 * Settings of the functions that are called from outside. The path, so that no session and no pooler decides which tables are meant. And plans
 * by index with nested loops: they are made once and kept, perhaps while the tables are empty, when any plan looks as cheap as another. Functions
 * that only others call inherit all of it: on each of them it cost 20 µs a call.
 */
export const PLANS = `SET search_path FROM CURRENT SET plan_cache_mode = force_generic_plan SET enable_seqscan = off
      SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off`;
