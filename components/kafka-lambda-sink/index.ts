/** What `pulumi-data-pipelines/kafka-lambda-sink` gives. */
export type { KafkaLambdaSinkArgs, KafkaSinkNetworkArgs, KafkaSinkSecretArgs } from "./args";
export { KafkaLambdaSink } from "./kafkaLambdaSink";
