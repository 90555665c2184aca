import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { ProtocolError } from "@platformatic/kafka";
import type { Cluster } from "../../../../functions/kafka-lambda-sink/kafka/cluster";
import { KafkaGroup } from "../../../../functions/kafka-lambda-sink/kafka/group";
import { encodeAssignment } from "../../../../functions/kafka-lambda-sink/kafka/protocol";

interface Call {
  readonly name: string;
  readonly answer: (answer: object) => void;
  readonly refuse: (error: Error) => void;
}

/** A cluster whose calls are answered by the test. */
class FakeCluster {
  private readonly calls: Call[] = [];

  openPool = () => ({ close: async () => {} });
  bootstrap = async () => ({});
  connect = async () => ({});

  call(name: string): Promise<object> {
    if (name === "FindCoordinator") return Promise.resolve({ coordinators: [{ host: "a", port: 1 }] });
    if (name === "LeaveGroup") return Promise.resolve({});
    return new Promise((answer, refuse) => {
      this.calls.push({ name, answer, refuse });
    });
  }

  /** The next call, once it has come. */
  async next(name: string): Promise<Call> {
    for (;;) {
      const call = this.calls.shift();
      if (call !== undefined) {
        assert.equal(call.name, name);
        return call;
      }
      await sleep(1);
    }
  }

  async letJoin(generationId: number): Promise<void> {
    (await this.next("JoinGroup")).answer({ memberId: "me", generationId, leader: "other", members: [] });
    (await this.next("SyncGroup")).answer({ assignment: encodeAssignment([]) });
  }
}

describe("KafkaLambdaSink: the group's client", () => {
  let cluster: FakeCluster;
  let group: KafkaGroup;
  let told: string[];

  beforeEach(() => {
    cluster = new FakeCluster();
    told = [];
    const times = { sessionTimeoutMs: 10_000, heartbeatMs: 1, rebalanceMs: 10_000, lookMs: 10_000 };
    group = new KafkaGroup(
      cluster as unknown as Cluster,
      { groupId: "g", topics: ["t"], ...times },
      {
        claims: () => ({ generation: -1, owned: [] }),
        joined: () => told.push(`joined ${group.generation}`),
        mustJoin: () => told.push("must join"),
        fatal: ({ message }) => told.push(message),
      },
    );
  });
  afterEach(() => group.close());

  const isOn = () => new ProtocolError("REBALANCE_IN_PROGRESS");

  it("K3: a heartbeat that tells of a round while a join is under way asks for no further round", async () => {
    const joined = group.join();
    await cluster.letJoin(1);
    await joined;
    const heartbeat = await cluster.next("Heartbeat");
    const again = group.join();
    const join = await cluster.next("JoinGroup");
    heartbeat.refuse(isOn());
    await sleep(1);
    join.answer({ memberId: "me", generationId: 2, leader: "other", members: [] });
    (await cluster.next("SyncGroup")).answer({ assignment: encodeAssignment([]) });
    await again;
    assert.deepEqual(told, ["joined 1", "joined 2"]);
  });

  it("K3: a heartbeat that tells of a round is heeded after a join, also one that failed", async () => {
    const joined = group.join();
    await cluster.letJoin(1);
    await joined;
    (await cluster.next("Heartbeat")).refuse(isOn());
    await sleep(1);
    assert.deepEqual(told, ["joined 1", "must join"]);
    const failing = group.join();
    (await cluster.next("JoinGroup")).refuse(new ProtocolError("COORDINATOR_LOAD_IN_PROGRESS"));
    await assert.rejects(failing, /Joining the group/);
    const second = group.join();
    await cluster.letJoin(2);
    await second;
    (await cluster.next("Heartbeat")).refuse(isOn());
    await sleep(1);
    assert.deepEqual(told, ["joined 1", "must join", "joined 2", "must join"]);
  });
});
