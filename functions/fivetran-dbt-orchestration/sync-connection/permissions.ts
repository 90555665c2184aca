import { definePermissions } from "../../shared/permission";

/**
 * The component gives `apiSecretKey` targets where the secret has a KMS key of its own. `taskTokens` is the state machine:
 * Step Functions authorises the two calls against the one whose task is meant, and against `<its ARN>/<label>` for the
 * executions of a distributed Map, which are `childTokens`.
 */
export const permissions = definePermissions({
  apiSecret: [
    { actions: ["secretsmanager:GetSecretValue"], why: "reads the API key that it signs in to Fivetran with" },
  ],
  apiSecretKey: [
    {
      actions: ["kms:Decrypt"],
      why: "reads a secret that is encrypted with a customer's key",
      unusedBecause: "Secrets Manager uses it on the function's behalf",
    },
  ],
  waitsTable: [
    { actions: ["dynamodb:PutItem"], why: "stores the task token before the sync is triggered" },
    {
      actions: ["dynamodb:DeleteItem"],
      why: "removes the token where there is nothing to wait for",
      unusedBecause: "connections that are set up, not paused and not rescheduled are waited for",
    },
    {
      actions: ["dynamodb:UpdateItem"],
      why: "marks a wait that a look has ended, so that its webhook starts nothing",
      unusedBecause: "looks end a wait only when no webhook came in time",
    },
  ],
  taskTokens: [
    {
      actions: ["states:SendTaskSuccess", "states:SendTaskFailure"],
      why: "ends the task where there is nothing to wait for",
      unusedBecause: "connections that are set up, not paused and not rescheduled are waited for",
    },
  ],
  childTokens: [
    {
      actions: ["states:SendTaskSuccess", "states:SendTaskFailure"],
      suffix: "/*",
      why: "ends the task of a distributed Map's item where there is nothing to wait for",
      unusedBecause: "connections that are set up, not paused and not rescheduled are waited for",
    },
  ],
});
