/** What a pipeline of the stack is to a run. Each is a module of this folder with a line in pipelines.ts. */
import type { StackConfig } from "../../stacks/schema";
import type { Services } from "../processes/services";
import type { SampleFile } from "../samples/samples";
import type { RootClients } from "./clients";
import type { Ingested } from "./ingested";
import type { LocalOutputs } from "./outputs";
import type { Outcome } from "./report";

/** What a run is about. */
export interface Plan {
  readonly config: StackConfig;
  /** The samples, or the user's own files. */
  readonly files: readonly SampleFile[];
  /** Only the user's own files are sent: pipelines that take no files rest. */
  readonly isOwnFiles: boolean;
  /** Secrets of connectors of the user's own, by the connector's name. */
  readonly secrets: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Folder of exports of the user's own. @default none: the samples */
  readonly exportsFolder?: string;
  /** What has become of the files that go through S3ToDynamoDb. */
  readonly ingested: Ingested;
}

/** The running local cloud. */
export interface Cloud {
  readonly services: Services;
  /** Clients of the account's root. */
  readonly clients: RootClients;
}

/** The cloud with the stack in it. */
export interface Run extends Cloud {
  readonly outputs: LocalOutputs;
  /** How long data may take to arrive. */
  readonly timeoutSeconds: number;
  /** Says what is being waited for. */
  tell(text: string): void;
}

/** Configuration of a stack by full key, as in its `Pulumi.<stack>.yaml`. */
export type Settings = Readonly<Record<string, unknown>>;

export interface Pipeline {
  readonly name: string;
  /** What is said when it begins, for example "Calling 2 connectors as Fivetran does". @default nothing is said */
  readonly title?: string;
  /** The stack has it, but this run sends it nothing: only `prepare`, `hints` and `stop` are called. */
  readonly rests?: boolean;
  /**
   * Sets up what it needs around the stack, before the stack is made.
   * @returns the settings with what is only known now, such as addresses and ARNs
   */
  prepare?(cloud: Cloud, settings: Settings): Promise<Settings>;
  /** Gives it its input. Pipelines begin in the order of pipelines.ts. */
  send?(run: Run): Promise<void>;
  /**
   * Waits until it is through, or its time is over, and counts in the stores. All pipelines' waits go on side by side.
   * @throws Error with what failed; the other pipelines' results are reported all the same
   */
  wait(run: Run): Promise<Outcome>;
  /** What to do by hand while the cloud stays up, ready to be printed. */
  hints?(run: Run): Promise<readonly Hint[]>;
  /** Ends what it has started outside of the services. */
  stop?(): Promise<void>;
}

export interface Hint {
  /** For example "Look at the table". */
  readonly title: string;
  /** A command for a POSIX shell, in the project's folder. */
  readonly command: string;
}

/** @returns undefined when the stack has no such pipeline */
export type PipelineOf = (plan: Plan) => Pipeline | undefined;
