import { lambdaHandler } from "../fivetran-connector";
import { exampleConnector } from "./connector";

export const handler = lambdaHandler(exampleConnector());
