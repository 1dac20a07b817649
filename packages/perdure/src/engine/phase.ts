/**
 * Phases of a worker. joining → running → draining → stopped; from everywhere but stopped → dead (killed). A worker that the store has declared dead drops
 * everything and joins as a new one: its phase stays what it was meanwhile, and its committer is halted until it has joined.
 */
export type Phase = "joining" | "running" | "draining" | "stopped" | "dead";

/** Nothing more is to come of it. */
export const isOver = (phase: Phase): boolean => phase === "stopped" || phase === "dead";

/** It has joined, and has not ended: what comes back from the store or the executor is for it. */
export const isAlive = (phase: Phase): boolean => phase === "running" || phase === "draining";
