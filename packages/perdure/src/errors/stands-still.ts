/** Why an instance is stopped: a code and a message of this catalogue. */
export interface Stopped {
  readonly code: string;
  readonly message: string;
}

export const standsStill = ({ code, message }: Stopped) =>
  `It is stopped (${code}): ${message} It continues when it is resumed, or when a worker with fixed code starts.`;
