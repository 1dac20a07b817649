import { FunctionRegistry } from "../../functions/registry.ts";
import { slowFunctions } from "./functions.ts";
import { runFunctionsHere } from "./thread-executor.ts";

runFunctionsHere(new FunctionRegistry(slowFunctions));
