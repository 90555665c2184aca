/** What a run does, complete: every default filled in. Durations are seconds. */
export interface FlowSettings {
  /** How notifications call the pipeline: its physical name. */
  readonly pipeline: string;
  readonly groupId: string;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly onPaused: "skip" | "fail" | "resume";
  /** Empty: the connections' schedules stay as they are. */
  readonly scheduleType: "" | "auto" | "manual";
  readonly overlap: "skip" | "queue" | "allow";
  readonly queueTimeout: number;
  readonly concurrency: number;
  readonly maxConnections: number;
  readonly mapMode: "inline" | "distributed";
  readonly pollInterval: number;
  readonly syncTimeout: number;
  readonly maxReschedules: number;
  /** Percent of the connections. */
  readonly quorum: number;
  readonly dbtCommand: readonly string[];
  readonly dbtTimeout: number;
  readonly runTimeout: number;
}

/** What the definition points to. Plain text, so that the definition is a pure function. */
export interface FlowReferences {
  readonly stateMachineArn: string;
  readonly listConnectionsArn: string;
  readonly syncConnectionArn: string;
  readonly waitsTableArn: string;
  readonly clusterArn: string;
  readonly taskFamily: string;
  readonly taskRoleArn: string;
  readonly executionRoleArn: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly artifactsBucketArn: string;
  readonly topicArn: string;
}

/** Name of the container in the task definition. */
export const dbtContainer = "dbt";
/** Where a run's artifacts lie: `runs/<execution name>/`. */
export const runsPrefix = "runs/";
