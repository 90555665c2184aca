import { KafkaLambdaSink, type KafkaLambdaSinkArgs } from "../../../../index";
import { type MockOptions, type MockRun, runMocked } from "../../mocks";

export const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:take-orders";
export const secretArn = (name: string) => `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-AbCdEf`;
export const mskArn = "arn:aws:kafka:us-east-1:000000000000:cluster/main/11111111-2222-6";
/** What the physical names begin with. */
export const deployed = "data-pipelines-test-orders";

const required: KafkaLambdaSinkArgs = {
  functionArn,
  topics: ["orders"],
  bootstrapServers: "b-1.example.com:9092,b-2.example.com:9092",
  network: { vpcId: "vpc-1", subnetIds: ["subnet-1", "subnet-2"] },
  image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/sink:1",
};

export function deploy(
  args: Partial<KafkaLambdaSinkArgs> = {},
  options: MockOptions = {},
): Promise<MockRun<KafkaLambdaSink>> {
  return runMocked(() => new KafkaLambdaSink("orders", { ...required, ...args }), options);
}
