/** `n` is not all of it where counting stopped there. */
export interface Counted {
  readonly n: number;
  readonly isExact: boolean;
}

/** `3,841`. */
export const grouped = (n: number): string => n.toLocaleString("en-US", { maximumFractionDigits: 0 });

/** `3,841`, `10,000+`. */
export const countText = ({ n, isExact }: Counted): string => (isExact ? grouped(n) : `${grouped(n)}+`);

/** For a narrow place: `812`, `3.9k`, `128k`, `1.4M`. */
export function shortCount({ n, isExact }: Counted): string {
  const text = n < 1_000 ? `${n}` : n < 999_500 ? scaled(n, 1_000, "k") : scaled(n, 1_000_000, "M");
  return isExact ? text : `${text}+`;
}

/** A rate or a time with two or three digits: `0.4`, `9.8`, `92.4`, `612`. */
export function rateText(value: number): string {
  if (value === 0) return "0";
  return value < 100 ? value.toFixed(value < 1 ? 2 : 1) : grouped(Math.round(value));
}

export const sumOf = (counts: readonly Counted[]): Counted => ({
  n: counts.reduce((sum, { n }) => sum + n, 0),
  isExact: counts.every(({ isExact }) => isExact),
});

/** `1 instance`, `3 instances`. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${grouped(n)} ${n === 1 ? one : many}`;

function scaled(n: number, unit: number, letter: string): string {
  const value = n / unit;
  return `${value < 10 ? value.toFixed(1) : Math.round(value)}${letter}`;
}
