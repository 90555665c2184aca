import { FivetranDbtOrchestration, type FivetranDbtOrchestrationArgs } from "../../../index";
import { type MockOptions, type MockResource, type MockRun, runMocked } from "../mocks";

export const secretArn = (name: string): string =>
  `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-AbCdEf`;

/** What the physical names begin with. */
export const deployed = "data-pipelines-test-nightly";
export const image = "000000000000.dkr.ecr.us-east-1.amazonaws.com/dbt:1.0.0";

export const smallest: FivetranDbtOrchestrationArgs = {
  groupId: "projected_sickle",
  fivetranSecretArn: secretArn("fivetran"),
  network: { vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"] },
  dbt: { image, snowflakeSecretArn: secretArn("snowflake") },
};

export function deploy(
  args: Partial<FivetranDbtOrchestrationArgs> = {},
  options: MockOptions = {},
): Promise<MockRun<FivetranDbtOrchestration>> {
  return runMocked(() => new FivetranDbtOrchestration("nightly", { ...smallest, ...args }), { computed, ...options });
}

/** What AWS computes for the types that only this component makes. */
function computed({ type, name }: MockResource): Record<string, unknown> {
  switch (type) {
    case "aws:apigatewayv2/api:Api":
      return { apiEndpoint: "https://abc123.execute-api.us-east-1.amazonaws.com" };
    case "aws:ecr/repository:Repository":
      return { repositoryUrl: "000000000000.dkr.ecr.us-east-1.amazonaws.com/data-pipelines-test-nightly-dbt" };
    case "docker-build:index:Image":
      return { digest: "sha256:0" };
    case "aws:secretsmanager/secret:Secret":
      return { arn: secretArn(name) };
    default:
      return {};
  }
}
