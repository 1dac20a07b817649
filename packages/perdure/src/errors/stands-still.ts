/** Why an instance is stopped: a code and a message of this catalogue. */
export interface Stopped {
  readonly code: string;
  readonly message: string;
}

export const standsStill = ({ code, message }: Stopped) =>
  `It is stopped (${code}): ${message} It continues when somebody resumes it, or when a worker with fixed code comes.`;
