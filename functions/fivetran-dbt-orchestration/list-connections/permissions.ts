import { definePermissions } from "../../shared/permission";

/** The component gives `apiSecretKey` targets where the secret has a KMS key of its own. */
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
});
