import { lambdaHandler } from "..";
import { exampleConnector } from "./connector";

export const handler = lambdaHandler(exampleConnector());
