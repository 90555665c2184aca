/** What an import does, complete: every default filled in. Durations are seconds. */
export interface FlowSettings {
  /** How notifications call the component: its physical name. */
  readonly pipeline: string;
  /** Files of an export that are read side by side. */
  readonly readConcurrency: number;
  /** Files of a delta that are published side by side. */
  readonly publishConcurrency: number;
  /** A function's invocation; what isn't done then is gone on with in another. */
  readonly functionTimeout: number;
  readonly queryTimeout: number;
  readonly approvalTimeout: number;
  /** How long the targets may take to catch up with what was published. */
  readonly catchUpTimeout: number;
  /** Longest wait between two looks at the targets. */
  readonly catchUpInterval: number;
  /** All of it, somebody's approval included. */
  readonly importTimeout: number;
}

/** What the definition points to. Plain text, so that the definition is a pure function. */
export interface FlowReferences {
  readonly normaliseArn: string;
  readonly controlArn: string;
  readonly publishArn: string;
  readonly workgroupArn: string;
  readonly databaseArn: string;
  readonly workBucketArn: string;
  readonly registryTableName: string;
  readonly topicArn: string;
}
