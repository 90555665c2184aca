import { FivetranDbtOrchestration } from "pulumi-data-pipelines/fivetran-dbt-orchestration";

const secret = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`;

const nightly = new FivetranDbtOrchestration("nightly", {
  groupId: "projected_sickle",
  fivetranSecretArn: secret("fivetran"),
  schedule: { expression: "cron(0 5 * * ? *)", timeZone: "Europe/Zurich" },
  dbt: {
    image: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/dbt:2026-11-01",
    snowflakeSecretArn: secret("snowflake"),
  },
});

export const runThisOnce = nightly.registerWebhookCommand;
