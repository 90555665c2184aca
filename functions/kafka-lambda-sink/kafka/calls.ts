import type {
  Connection,
  createTopicsV7,
  fetchV17,
  findCoordinatorV6,
  heartbeatV4,
  joinGroupV9,
  leaveGroupV5,
  listOffsetsV9,
  offsetCommitV9,
  offsetFetchV9,
  produceV11,
  syncGroupV5,
} from "@platformatic/kafka";

/** The calls of Kafka's protocol that the sink makes; older versions take and give the same here. */
export interface Calls {
  readonly CreateTopics: typeof createTopicsV7.api;
  readonly Fetch: typeof fetchV17.api;
  readonly FindCoordinator: typeof findCoordinatorV6.api;
  readonly Heartbeat: typeof heartbeatV4.api;
  readonly JoinGroup: typeof joinGroupV9.api;
  readonly LeaveGroup: typeof leaveGroupV5.api;
  readonly ListOffsets: typeof listOffsetsV9.api;
  readonly OffsetCommit: typeof offsetCommitV9.api;
  readonly OffsetFetch: typeof offsetFetchV9.api;
  readonly Produce: typeof produceV11.api;
  readonly SyncGroup: typeof syncGroupV5.api;
}

interface Call<A extends unknown[], R> {
  readonly async: (connection: Connection, ...args: A) => Promise<R>;
}

export type ArgumentsOf<N extends keyof Calls> = Calls[N] extends Call<infer A, unknown> ? A : never;

export type AnswerOf<N extends keyof Calls> = Calls[N] extends Call<never[], infer R> ? R : never;
