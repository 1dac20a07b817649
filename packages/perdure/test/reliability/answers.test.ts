import { answerCases } from "./answers.testsuite.ts";

// Beside a worker calls ride in its commits; where everything is said twice they go straight to the store. Each on each store: answers.full.test.ts.
answerCases("memory", "plain");
answerCases("sqlite thread", "twice");
answerCases("postgres", "plain");
