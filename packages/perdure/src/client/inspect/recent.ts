import { setLatest } from "../../model/latest.ts";
import type { Clock } from "../../process/clock.ts";

const MOST = 20;

/** Answers to the same questions, each for a short time if it is one to keep; those that failed are asked again. */
export class Recent<Answer> {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #forMs: number;
  readonly #keeps: (answer: Answer) => boolean;
  readonly #answers = new Map<string, { readonly at: number; readonly answer: Promise<Answer> }>();

  constructor(clock: Pick<Clock, "monotonicMs">, forMs: number, keeps: (answer: Answer) => boolean = () => true) {
    this.#clock = clock;
    this.#forMs = forMs;
    this.#keeps = keeps;
  }

  read(question: string, ask: () => Promise<Answer>): Promise<Answer> {
    const at = this.#clock.monotonicMs();
    const known = this.#answers.get(question);
    if (known !== undefined && at - known.at < this.#forMs) return known.answer;
    const answer = ask();
    setLatest(this.#answers, question, { at, answer }, MOST);
    const forget = () => {
      if (this.#answers.get(question)?.answer === answer) this.#answers.delete(question);
    };
    answer.then((value) => {
      if (!this.#keeps(value)) forget();
    }, forget);
    return answer;
  }
}
