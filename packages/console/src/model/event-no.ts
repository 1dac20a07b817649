/** The number under which a person knows an event: from 1, as `perdure history`, `perdure fork --event` and the messages of a misfit count. */
export const eventNo = (seq: number): number => seq + 1;
