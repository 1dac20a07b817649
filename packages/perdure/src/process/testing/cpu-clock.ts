/**
 * Milliseconds of processor time that this process has had since then: for tests of what something costs. On a machine that is busy with other things
 * the time on the clock is a multiple of that.
 */
export function cpuClock(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
}
