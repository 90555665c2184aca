import { definePermissions } from "../../shared/permission";

/** The component gives `apiSecretKey` targets where the secret has a KMS key of its own. */
export const permissions = definePermissions({
  apiSecret: [
    {
      actions: ["secretsmanager:GetSecretValue"],
      why: "reads the API key that it signs in to Fivetran with",
      unusedBecause: "it is called only when no webhook came in time",
    },
  ],
  apiSecretKey: [
    {
      actions: ["kms:Decrypt"],
      why: "reads a secret that is encrypted with a customer's key",
      unusedBecause: "Secrets Manager uses it on the function's behalf",
    },
  ],
  waitsTable: [
    {
      actions: ["dynamodb:Query", "dynamodb:DeleteItem"],
      why: "removes the tokens of waits that are over",
      unusedBecause: "it is called only when no webhook came in time",
    },
    {
      actions: ["dynamodb:PutItem"],
      why: "notes what it has found, so that a webhook that comes after all starts nothing",
      unusedBecause: "it is called only when no webhook came in time",
    },
  ],
});
