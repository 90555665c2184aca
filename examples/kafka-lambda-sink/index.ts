import { KafkaLambdaSink } from "pulumi-data-pipelines/kafka-lambda-sink";

const sink = new KafkaLambdaSink("orders", {
  functionArn: "arn:aws:lambda:eu-central-1:123456789012:function:take-orders",
  topics: ["orders"],
  bootstrapServers: "b-1.example.com:9096,b-2.example.com:9096",
  authentication: "scram",
  brokerSecretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:AmazonMSK_sink-AbCdEf",
  network: { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"] },
  image: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/kafka-lambda-sink:1",
});

export const letIntoTheBrokers = sink.securityGroupId;
