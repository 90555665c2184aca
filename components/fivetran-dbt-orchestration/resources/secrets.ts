import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Context } from "../../parts/context";
import type { GrantTarget } from "../../parts/grants";
import { physicalName } from "../../parts/naming";
import type { OrchestrationPlan } from "../normalize";

export interface Secrets {
  readonly fivetranArn: pulumi.Output<string>;
  readonly webhookArn: pulumi.Output<string>;
  /** What a function that reads secrets is granted beside the secret: nothing without a key of their own. */
  readonly keys: readonly GrantTarget[];
}

/** The secrets as they are given; the webhook's is made where it isn't, without a value, which no program should know. */
export function secrets(context: Context, plan: OrchestrationPlan): Secrets {
  const { fivetranSecretArn, webhookSecretArn, secretsKmsKeyArn } = plan;
  return {
    fivetranArn: pulumi.output(fivetranSecretArn),
    webhookArn: pulumi.output(webhookSecretArn ?? webhookSecret(context, plan).arn),
    keys: secretsKmsKeyArn === undefined ? [] : [{ arn: secretsKmsKeyArn }],
  };
}

function webhookSecret(context: Context, { secretsKmsKeyArn }: OrchestrationPlan): aws.secretsmanager.Secret {
  return new aws.secretsmanager.Secret(
    `${context.name}-webhook-secret`,
    {
      name: physicalName(context.name, "webhook", "secret"),
      description: "What Fivetran signs webhooks with; filled when the webhook is registered",
      kmsKeyId: secretsKmsKeyArn,
      recoveryWindowInDays: context.allowDestroy ? 0 : 30,
      tags: context.tags,
    },
    { parent: context.parent },
  );
}
