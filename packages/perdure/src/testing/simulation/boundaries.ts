/**
 * Effect boundaries that a systematic run crosses at least, with one process and with two. Fewer means that something is no longer done, or no
 * longer seen: look why before you lower a number.
 */
export const SYSTEMATIC_BOUNDARIES: { readonly [scenario: string]: readonly [number, number] } = {
  sequence: [46, 64],
  "fan-out": [50, 68],
  retry: [80, 98],
  timeout: [40, 58],
  heartbeat: [54, 72],
  "long-activity": [68, 106],
  abort: [32, 50],
  poison: [34, 52],
  "poison-code": [56, 74],
  context: [52, 70],
  children: [70, 88],
  "child-retry": [84, 102],
  "child-conflict": [42, 60],
  "terminate-family": [68, 86],
  events: [46, 74],
  bursts: [118, 208],
  any: [44, 62],
  "continue-as-new": [80, 106],
  eternal: [64, 82],
  "ping-pong": [68, 86],
  suspend: [44, 62],
  scheduled: [36, 62],
  reuse: [80, 122],
  race: [44, 76],
  wait: [32, 50],
  "nobody-has-it": [62, 138],
  spread: [86, 104],
};
