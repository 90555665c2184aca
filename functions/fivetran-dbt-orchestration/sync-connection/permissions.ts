import { definePermissions } from "../../shared/permission";

/**
 * The component gives `apiSecretKey` targets where the secret has a KMS key of its own, and `taskTokens` the target `*`:
 * IAM knows no resource for the two actions, the token says which execution is meant.
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
  ],
  taskTokens: [
    {
      actions: ["states:SendTaskSuccess", "states:SendTaskFailure"],
      why: "ends the task where there is nothing to wait for",
      unusedBecause: "connections that are set up, not paused and not rescheduled are waited for",
    },
  ],
});
