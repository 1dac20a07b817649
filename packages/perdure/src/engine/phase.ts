/**
 * Phases of a worker. joining → running → draining → stopped; from everywhere but stopped → dead (killed), and running → joining when the
 * store has declared it dead (it drops everything and joins as a new worker).
 */
export type Phase = "joining" | "running" | "draining" | "stopped" | "dead";
