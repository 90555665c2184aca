import { definePermissions } from "../../shared/permission";

/**
 * The component gives `webhookSecretKey` targets where the secret has a KMS key of its own, and `stateMachine` a target
 * only where webhooks start executions. `taskTokens` and `childTokens` are as for sync-connection.
 */
export const permissions = definePermissions({
  webhookSecret: [
    { actions: ["secretsmanager:GetSecretValue"], why: "reads the secret that webhooks are signed with" },
  ],
  webhookSecretKey: [
    {
      actions: ["kms:Decrypt"],
      why: "reads a secret that is encrypted with a customer's key",
      unusedBecause: "Secrets Manager uses it on the function's behalf",
    },
  ],
  waitsTable: [
    { actions: ["dynamodb:GetItem"], why: "sees whether the webhook was dealt with before" },
    { actions: ["dynamodb:Query"], why: "finds who waits for the connection" },
    { actions: ["dynamodb:UpdateItem"], why: "takes a wait over, so that it is completed by one sync only" },
    { actions: ["dynamodb:DeleteItem"], why: "removes the token of a completed wait" },
    { actions: ["dynamodb:PutItem"], why: "notes that the webhook has been dealt with" },
  ],
  taskTokens: [
    { actions: ["states:SendTaskSuccess"], why: "tells the execution that the sync succeeded" },
    {
      actions: ["states:SendTaskFailure"],
      why: "tells the execution that the sync failed",
      unusedBecause: "no sync fails in a run without faults",
    },
  ],
  childTokens: [
    {
      actions: ["states:SendTaskSuccess"],
      suffix: "/*",
      why: "tells the item of a distributed Map that the sync succeeded",
    },
    {
      actions: ["states:SendTaskFailure"],
      suffix: "/*",
      why: "tells the item of a distributed Map that the sync failed",
      unusedBecause: "no sync fails in a run without faults",
    },
  ],
  stateMachine: [
    {
      actions: ["states:StartExecution"],
      why: "starts an execution after a sync that no execution asked for",
      unusedBecause: "the execution itself asks for every sync, unless Fivetran's own schedule does",
    },
  ],
});
