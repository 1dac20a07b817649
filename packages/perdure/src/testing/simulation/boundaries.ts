/**
 * Effect boundaries that a systematic run crosses at least, with one process and with two. Fewer means that something is no longer done, or no
 * longer seen: look why before you lower a number.
 */
export const SYSTEMATIC_BOUNDARIES: { readonly [scenario: string]: readonly [number, number] } = {
  sequence: [48, 66],
  "fan-out": [52, 70],
  retry: [82, 100],
  timeout: [42, 60],
  heartbeat: [56, 74],
  "long-activity": [82, 130],
  abort: [34, 52],
  poison: [36, 54],
  "poison-code": [62, 84],
  context: [58, 80],
  children: [76, 94],
  "child-retry": [92, 110],
  "child-conflict": [50, 72],
  "terminate-family": [70, 88],
  events: [62, 104],
  bursts: [172, 302],
  any: [50, 72],
  "continue-as-new": [94, 132],
  eternal: [66, 84],
  "ping-pong": [86, 108],
  suspend: [50, 72],
  scheduled: [44, 76],
  reuse: [102, 160],
  race: [56, 98],
  wait: [34, 52],
  "nobody-has-it": [70, 150],
  spread: [90, 110],
};
