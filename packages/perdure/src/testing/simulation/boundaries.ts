/**
 * Effect boundaries that a systematic run crosses at least, with one process and with two. Fewer means that something is no longer done, or no
 * longer seen: look why before you lower a number.
 */
export const SYSTEMATIC_BOUNDARIES: { readonly [scenario: string]: readonly [number, number] } = {
  sequence: [50, 68],
  "fan-out": [54, 72],
  retry: [84, 102],
  timeout: [44, 62],
  heartbeat: [58, 76],
  "long-activity": [84, 132],
  abort: [36, 54],
  poison: [38, 56],
  context: [62, 84],
  children: [78, 96],
  "child-retry": [94, 112],
  "child-conflict": [54, 76],
  "terminate-family": [72, 90],
  events: [56, 78],
  any: [54, 76],
  "continue-as-new": [88, 110],
  eternal: [68, 86],
  "ping-pong": [90, 112],
  suspend: [54, 76],
  scheduled: [46, 78],
  reuse: [158, 254],
  race: [90, 128],
  wait: [38, 56],
};
