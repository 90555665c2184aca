import type * as pulumi from "@pulumi/pulumi";

/**
 * Arguments of `KafkaLambdaSink`. What stands for a key of the connector's configuration may be given here, in `config`
 * or in `connectorFile`, but only once.
 */
export interface KafkaLambdaSinkArgs {
  /**
   * ARN of the function, with `:version` or `:alias` if one is meant: the only function that the tasks' role may call.
   * @default `aws.lambda.function.name` of the configuration
   */
  functionArn?: pulumi.Input<string>;
  /** Topics that are read. @default `topics` of the configuration */
  topics?: string[];
  /** The brokers, `host:port` with commas between them. @default `bootstrap.servers` of the configuration */
  bootstrapServers?: pulumi.Input<string>;
  /**
   * How to sign in to the brokers: `none` (plain text), `tls`, `scram` (SCRAM-SHA-512 over TLS), `plain` (SASL/PLAIN
   * over TLS), `iam` (MSK's IAM access control) or `mtls`.
   * @default the configuration's `security.protocol`, else `none`
   */
  authentication?: string;
  /**
   * Secret with JSON text: for `scram` and `plain` with `username` and `password`, as MSK keeps them; for `mtls` with
   * `certificate` and `privateKey` in PEM. @default none
   */
  brokerSecretArn?: pulumi.Input<string>;
  /** ARN of the MSK cluster, for the role's access to its topics and group; with `iam`. @default none */
  mskClusterArn?: pulumi.Input<string>;
  /** `sync` or `async`. @default "sync" */
  invocationType?: string;
  /**
   * The most records of one invocation, 1 to 100,000; 1 switches batching off. The payload's bytes are bounded as well, by
   * what Lambda takes. @default 20
   */
  batchSize?: number;
  /** What an error does: `fail` (the partition stops), `log` or `ignore`. @default "fail" */
  behaviorOnError?: string;
  /** What stops at an error under `fail`: `partition` or `task`. @default "partition" */
  failScope?: string;
  /** Topic for the function's responses; only with `sync`. @default none */
  resultTopic?: string;
  /** Topic for errors; only with `log`. @default none */
  errorTopic?: string;
  /** `string`, `json`, `bytes`, a number's type, `avro`, `protobuf` or `json-schema`. @default "string" */
  keyConverter?: string;
  /** As `keyConverter`. @default "string" */
  valueConverter?: string;
  /** Address of the schema registry for `avro`, `protobuf` and `json-schema`. @default none */
  schemaRegistryUrl?: string;
  /** More of the connector's configuration, by its own keys; the page lists them all. @default none */
  config?: Record<string, string>;
  /**
   * Path, from the project's folder, of a Kafka Connect connector's configuration: its JSON, or a file of properties.
   * @default none
   */
  connectorFile?: string;
  /** Secrets that the configuration refers to as `${env:VARIABLE}`. @default none */
  secrets?: KafkaSinkSecretArgs[];
  /** KMS key that the secrets are encrypted with. @default Secrets Manager's own key */
  secretsKmsKeyArn?: pulumi.Input<string>;
  /** Private subnets that reach the brokers. @default a VPC is made, with a NAT gateway */
  network?: KafkaSinkNetworkArgs;
  /** Ports that the tasks may connect to beside 443. @default those in the brokers' addresses */
  brokerPorts?: number[];
  /** Tasks that always run, 1 to 100. @default 1 */
  minTasks?: number;
  /** The most tasks; more than the topics have partitions would be idle. @default 4 */
  maxTasks?: number;
  /** Offsets of lag for each task that scaling aims at; stopped partitions don't count. @default 10000 */
  lagPerTask?: number;
  /** Lag of one task, in offsets, that sets off an alarm when it lasts for 15 minutes. @default 100000 */
  maxLag?: number;
  /** CPU units of a task, 1,024 to a core; a value that Fargate takes. @default 512 */
  cpu?: number;
  /** MB of a task; a value that Fargate takes with `cpu`. @default twice `cpu` */
  memory?: number;
  /** `X86_64` or `ARM64`. @default "ARM64" */
  architecture?: string;
  /** Seconds that a task has to finish what is in flight when it is stopped, 10 to 120. @default 120 */
  stopTimeout?: number;
  /** Image of the sink that is already in a registry. @default one is built and pushed */
  image?: pulumi.Input<string>;
  /** SNS topic that alarms are sent to. @default none: alarms only show in CloudWatch */
  alarmTopicArn?: pulumi.Input<string>;
  /** Days that the log is kept; a value that CloudWatch takes. @default 90 */
  logRetentionDays?: number;
  /** Whether `pulumi destroy` may delete the repository with the images in it. @default false */
  allowDestroy?: boolean;
  /** Tags beside Project, Stack, Component and ManagedBy. @default none */
  tags?: Record<string, string>;
}

/** Where the tasks run. */
export interface KafkaSinkNetworkArgs {
  /** The VPC that the subnets are in. */
  vpcId: pulumi.Input<string>;
  /** Private subnets, preferably in two zones, that reach the brokers and Lambda. */
  subnetIds: pulumi.Input<string>[];
}

/** A key of a secret that is JSON text, as a variable of the container. */
export interface KafkaSinkSecretArgs {
  /** The configuration refers to it as `${env:VARIABLE}`. */
  variable: string;
  /** The secret in Secrets Manager. */
  secretArn: pulumi.Input<string>;
  /** Key in the secret's JSON text. */
  key: string;
}
