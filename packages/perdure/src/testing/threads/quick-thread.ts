import { FunctionRegistry } from "../../functions/registry.ts";
import { quickFunctions } from "./functions.ts";
import { runFunctionsHere } from "./thread-executor.ts";

runFunctionsHere(new FunctionRegistry(quickFunctions));
