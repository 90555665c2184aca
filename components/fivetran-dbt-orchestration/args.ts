import type * as pulumi from "@pulumi/pulumi";

/** Arguments of `FivetranDbtOrchestration`. Durations are seconds. */
export interface FivetranDbtOrchestrationArgs {
  /** Fivetran's id of the group (destination) whose connections are synced. */
  groupId: string;
  /** Secret of Secrets Manager with the JSON text `{"apiKey": …, "apiSecret": …}`: a scoped Fivetran API key. */
  fivetranSecretArn: pulumi.Input<string>;
  /**
   * Secret with the JSON text `{"webhookSecret": …}` that Fivetran signs webhooks with.
   * @default an empty one is made; the output `registerWebhookCommand` fills it
   */
  webhookSecretArn?: pulumi.Input<string>;
  /** KMS key that the secrets are encrypted with. @default Secrets Manager's own key */
  secretsKmsKeyArn?: pulumi.Input<string>;
  /** Where Fivetran's API is. @default "https://api.fivetran.com" */
  fivetranApiUrl?: string;
  /** Ids of the only connections to sync. @default every connection of the group */
  includeConnections?: string[];
  /** Ids of connections not to sync. @default none */
  excludeConnections?: string[];
  /** What happens to a paused connection: `skip`, `fail` or `resume`. @default "skip" */
  onPaused?: string;
  /**
   * Sets the connections' own schedule before they are synced: `manual`, so that only runs sync them, or `auto`.
   * @default the schedules aren't changed
   */
  scheduleType?: string;
  /** Connections that sync at once, 1 to 1,000; more than 40 make the Map a distributed one. @default 40 */
  concurrency?: number;
  /**
   * The most connections that a run may find, 1 to 1,000. It decides the Map's mode; a run that finds more fails at
   * once and says so. @default 50
   */
  maxConnections?: number;
  /**
   * `inline`: all connections in the execution's own history of 25,000 events. `distributed`: each in a child execution.
   * `auto`: inline as long as the worst run fits. @default "auto"
   */
  mapMode?: string;
  /** How long to wait for a webhook before asking the API, 15 to 86,400. @default 900 */
  pollInterval?: number;
  /** How long one connection may take, 60 to 604,800. @default 21600 */
  syncTimeout?: number;
  /** How often a connection may be rescheduled by Fivetran within that time, 0 to 20. @default 3 */
  maxReschedules?: number;
  /** Percent of the connections, 1 to 100, that must have succeeded for dbt to run. @default 100 */
  quorum?: number;
  /**
   * When a run begins while another is under way: `skip` it, `queue` it, or `allow` both.
   * @default "skip"; with `startOnConnections` "queue", because the end of a sync would otherwise start nothing
   */
  overlap?: string;
  /** How long a queued run waits at most, 60 to 86,400; only with `overlap: "queue"`. @default 7200 */
  queueTimeout?: number;
  /**
   * How long a whole run may take, at most 31,536,000, and no less than queueing, the syncs in rounds of `concurrency`
   * and dbt can take together. @default that with all retries, at least 86400
   */
  runTimeout?: number;
  /** Ids of connections whose syncs, begun by Fivetran itself, start a run. @default none */
  startOnConnections?: string[];
  /** When runs begin by themselves. @default never: only by hand or by webhook */
  schedule?: OrchestrationScheduleArgs;
  /** The dbt project and how it runs. */
  dbt: OrchestrationDbtArgs;
  /** Where dbt runs. @default a new VPC with two zones and one NAT gateway */
  network?: OrchestrationNetworkArgs;
  /** SNS topic for failures and alarms. @default one is made */
  alarmTopicArn?: pulumi.Input<string>;
  /** Requests a second that the webhook's API takes, 1 to 10,000. @default 50 */
  webhookRate?: number;
  /** What the state machine logs: `ALL`, `ERROR`, `FATAL` or `OFF`. @default "ERROR" */
  logLevel?: string;
  /** Trace the state machine and the functions in X-Ray. @default false */
  tracing?: boolean;
  /** Days that logs are kept; a value that CloudWatch takes. @default 90 */
  logRetentionDays?: number;
  /** Days that dbt's artifacts are kept, 1 to 3,650. @default 365 */
  artifactDays?: number;
  /** Appended to the artifacts bucket's name, since bucket names are unique in the world. @default 8 digits made from account and region */
  bucketNameSuffix?: string;
  /** Whether `pulumi destroy` may delete the artifacts, the images and the table of waits. @default false */
  allowDestroy?: boolean;
  /** Tags beside Project, Stack, Component and ManagedBy. @default none */
  tags?: Record<string, string>;
}

/** When runs begin. */
export interface OrchestrationScheduleArgs {
  /** `cron(<minutes> <hours> <day of month> <month> <day of week> <year>)` or `rate(<number> <unit>)`. */
  expression: string;
  /** IANA name, for example `Europe/Zurich`; daylight saving time is taken into account. @default "UTC" */
  timeZone?: string;
  /** Whether the schedule is switched on. @default true */
  enabled?: boolean;
}

/** The dbt project and how it runs. Give either `projectFolder` or `image`. */
export interface OrchestrationDbtArgs {
  /**
   * Path, from the Pulumi project's folder, of the folder with dbt_project.yml; an image is built from it and pushed,
   * which needs Docker. @default none: `image` has the project
   */
  projectFolder?: string;
  /** An image made from the Dockerfile in functions/fivetran-dbt-orchestration/dbt, in ECR. @default none: `projectFolder` is built */
  image?: pulumi.Input<string>;
  /** The command line after `dbt`, word by word. @default ["build"] */
  command?: string[];
  /** How long dbt may take, retry included, 60 to 86,400 seconds. @default 7200 */
  timeout?: number;
  /** CPU units of Fargate: 256, 512, 1024, 2048, 4096, 8192 or 16384. @default 1024 */
  cpu?: number;
  /** MB; Fargate takes a range for each cpu. @default 2 MB for each unit of cpu */
  memory?: number;
  /** `X86_64` or `ARM64`; the image is built for it. @default "X86_64" */
  architecture?: string;
  /** Secret with Snowflake's credentials, JSON text. */
  snowflakeSecretArn: pulumi.Input<string>;
  /** Variable of the container → key of that secret. @default { SNOWFLAKE_PRIVATE_KEY: "privateKey" } */
  secretKeys?: Record<string, string>;
  /** Variables of the container, for example SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER; a secret output is refused. @default none */
  environment?: Record<string, pulumi.Input<string>>;
}

/** Where dbt runs. It must reach Snowflake, ECR, S3, CloudWatch Logs and Secrets Manager. */
export interface OrchestrationNetworkArgs {
  /** The VPC that the subnets are in. */
  vpcId: pulumi.Input<string>;
  /** Private subnets, preferably in two zones. */
  subnetIds: pulumi.Input<string>[];
}
