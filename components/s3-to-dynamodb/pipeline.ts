import type * as pulumi from "@pulumi/pulumi";
import type { Limits, SourceConfig } from "../../functions/s3-to-dynamodb/shared/contract";

/** A source with every default filled in, before its bucket is known. */
export interface Source {
  /** What the functions get to know of it. */
  readonly config: Omit<SourceConfig, "bucket">;
  /** Undefined: a bucket is created. */
  readonly bucketName?: pulumi.Input<string>;
  /** Undefined: the component's account. */
  readonly accountId?: string;
  readonly kmsKeyArn?: pulumi.Input<string>;
  readonly manageNotifications: boolean;
  readonly eventBridge: boolean;
  readonly allowDestroy: boolean;
}

export interface FunctionSettings {
  readonly memory: number;
  readonly timeout: number;
  readonly concurrency: number;
}

export interface Retention {
  readonly landingDays: number;
  readonly noncurrentDays: number;
  readonly quarantineDays: number;
  readonly ledgerDays: number;
}

/** The component's arguments, checked and complete. */
export interface Pipeline {
  readonly sources: readonly Source[];
  readonly stream: boolean;
  readonly maxWriteRequestUnits?: number;
  readonly limits: Limits;
  readonly collect: FunctionSettings;
  readonly load: FunctionSettings;
  readonly tracing: boolean;
  readonly alarmTopicArn?: pulumi.Input<string>;
  readonly maxMessageAge: number;
  readonly logRetentionDays: number;
  readonly retention: Retention;
  readonly bucketNameSuffix: string;
  readonly allowDestroy: boolean;
}
