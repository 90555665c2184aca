import type * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import type { Tags } from "./tags";

/** What the parts of a component need to know of it. */
export interface Context {
  /** Logical name of the component. */
  readonly name: string;
  /** How errors call it, for example `S3ToDynamoDb "ingest"`. */
  readonly owner: string;
  readonly parent: pulumi.Resource;
  readonly account: Account;
  readonly tags: Tags;
  /** Whether resources that hold data may be deleted with it. */
  readonly allowDestroy: boolean;
  /** Managed policy that bounds what every role of the component can ever do. @default no bound */
  readonly permissionsBoundaryArn?: pulumi.Input<string>;
}
