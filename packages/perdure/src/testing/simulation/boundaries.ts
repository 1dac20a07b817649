/**
 * Effect boundaries that a systematic run crosses at least, with one process and with two. Fewer means that something is no longer done, or no
 * longer seen: look why before you lower a number.
 */
export const SYSTEMATIC_BOUNDARIES: { readonly [scenario: string]: readonly [number, number] } = {
  sequence: [44, 62],
  "fan-out": [48, 66],
  retry: [78, 96],
  timeout: [38, 56],
  heartbeat: [52, 70],
  "long-activity": [60, 98],
  abort: [30, 48],
  poison: [32, 50],
  "poison-code": [54, 72],
  context: [50, 68],
  children: [68, 86],
  "child-retry": [82, 100],
  "child-conflict": [40, 58],
  "terminate-family": [66, 84],
  events: [44, 72],
  bursts: [112, 202],
  any: [42, 60],
  "continue-as-new": [78, 104],
  eternal: [62, 80],
  "ping-pong": [66, 84],
  suspend: [42, 60],
  scheduled: [34, 60],
  reuse: [102, 156],
  race: [42, 74],
  wait: [30, 48],
  "nobody-has-it": [58, 120],
  spread: [84, 102],
};
