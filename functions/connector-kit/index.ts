/** The kit for Fivetran connectors in Lambda: `export const handler = lambdaHandler(defineConnector({ … }))`. */
export { type ConnectorHandler, type ConnectorInvocation, lambdaHandler } from "./aws/lambdaHandler";
export * from "./core";
