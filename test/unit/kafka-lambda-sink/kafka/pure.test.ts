import assert from "node:assert/strict";
import { GenericError, MultipleErrors, NetworkError, ProtocolError, type RecordsBatch } from "@platformatic/kafka";
import fc from "fast-check";
import { isResume, resumeRemark } from "../../../../functions/kafka-lambda-sink/kafka/consumer";
import { errorNames, sinkError } from "../../../../functions/kafka-lambda-sink/kafka/errors";
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from "../../../../functions/kafka-lambda-sink/kafka/protocol";
import { murmur2, partitionOf } from "../../../../functions/kafka-lambda-sink/kafka/reporter";
import { visibleRecords } from "../../../../functions/kafka-lambda-sink/kafka/visible";

const TRANSACTIONAL = 16;
const CONTROL = 32;

/** Records `first … first + count - 1` of a producer. */
function batch(
  first: number,
  count: number,
  producer = -1,
  attributes = producer < 0 ? 0 : TRANSACTIONAL,
): RecordsBatch {
  const records = Array.from({ length: count }, (_, offsetDelta) => ({
    offsetDelta,
    timestampDelta: BigInt(offsetDelta),
    key: null,
    value: Buffer.from("v"),
    headers: [],
  }));
  return {
    firstOffset: BigInt(first),
    lastOffsetDelta: count - 1,
    attributes,
    producerId: BigInt(producer),
    records,
    firstTimestamp: 100n,
    maxTimestamp: 900n,
  } as unknown as RecordsBatch;
}

/** The marker at a transaction's end. */
function marker(at: number, producer: number, isCommit: boolean): RecordsBatch {
  const made = batch(at, 1, producer, TRANSACTIONAL | CONTROL);
  const key = Buffer.from([0, 0, 0, isCommit ? 1 : 0]);
  return { ...made, records: made.records.map((record) => ({ ...record, key })) };
}

const seen = (records: RecordsBatch[], aborted: [producer: number, first: number][] = [], from = 0) => {
  const abortedTransactions = aborted.map(([producer, first]) => ({
    producerId: BigInt(producer),
    firstOffset: BigInt(first),
  }));
  const { records: found, next } = visibleRecords({ records, abortedTransactions }, BigInt(from));
  return { offsets: found.map(({ offset }) => Number(offset)), next: Number(next) };
};

describe("KafkaLambdaSink: what a consumer may see of a log", () => {
  it("K5: batches may begin before what was asked for, and end with nothing to see", () => {
    assert.deepEqual(seen([batch(0, 5), batch(7, 2)], [], 3), { offsets: [3, 4, 7, 8], next: 9 });
    assert.deepEqual(seen([], [], 3), { offsets: [], next: 3 });
    assert.deepEqual(seen([batch(0, 5)], [], 10), { offsets: [], next: 10 });
  });

  it("K5: markers of transactions are passed over, committed records seen", () => {
    assert.deepEqual(seen([batch(0, 2, 7), marker(2, 7, true), batch(3, 1)]), { offsets: [0, 1, 3], next: 4 });
  });

  it("K5: a producer's aborted transactions are hidden, each up to its marker, and its committed ones seen", () => {
    const log = [
      batch(0, 2, 7),
      marker(2, 7, false),
      batch(3, 2, 7),
      marker(5, 7, true),
      batch(6, 2, 7),
      marker(8, 7, false),
      batch(9, 1, 7),
      marker(10, 7, true),
    ];
    const aborted: [number, number][] = [
      [7, 6],
      [7, 0],
    ];
    assert.deepEqual(seen(log, aborted), { offsets: [3, 4, 9], next: 11 });
  });

  it("K5: an aborted transaction whose marker comes in a later fetch is hidden in both", () => {
    assert.deepEqual(seen([batch(0, 2, 7), batch(2, 1, 8), batch(3, 1, 7)], [[7, 0]]), { offsets: [2], next: 4 });
    assert.deepEqual(seen([batch(4, 1, 7), marker(5, 7, false), batch(6, 1, 7)], [[7, 0]], 4), {
      offsets: [6],
      next: 7,
    });
  });

  it("K5: records without a transaction are seen beside an aborted one of the same producer", () => {
    assert.deepEqual(seen([batch(0, 1, 7), batch(1, 1, 7, 0), marker(2, 7, false)], [[7, 0]]).offsets, [1]);
  });

  it("K11: a topic with log append time gives the broker's times", () => {
    const timestamps = (attributes: number) =>
      visibleRecords({ records: [batch(0, 2, -1, attributes)] }, 0n).records.map(({ timestamp }) => timestamp);
    assert.deepEqual(
      [timestamps(0), timestamps(8)],
      [
        [100n, 101n],
        [900n, 900n],
      ],
    );
  });
});

describe("KafkaLambdaSink: the partitions of reports", () => {
  it("K18: keys have the partitions that Kafka's Java producer gives them", () => {
    // The examples of Kafka's own test of this function.
    const known: Record<string, number> = {
      "21": -973932308,
      foobar: -790332482,
      "a-little-bit-long-string": -985981536,
      "a-little-bit-longer-string": -1486304829,
      lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58897971,
      abc: 479470107,
    };
    for (const [text, hash] of Object.entries(known)) assert.equal(murmur2(Buffer.from(text)), hash, text);
    fc.assert(
      fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 1000 }), (key, partitions) => {
        const partition = partitionOf(Buffer.from(key), partitions);
        assert.ok(partition >= 0 && partition < partitions);
      }),
    );
  });
});

describe("KafkaLambdaSink: the group's protocol", () => {
  it("K3: what a member publishes is what the others read", () => {
    const claims = { generation: 7, owned: ["a-0", "b-12"] };
    assert.deepEqual(decodeSubscription("m1", encodeSubscription(["a", "b"], claims, true)), {
      id: "m1",
      topics: ["a", "b"],
      observes: true,
      ...claims,
    });
    // As Kafka's own consumers read it: a version, the topics, then the user's data.
    assert.equal(
      encodeSubscription(["ab"], { generation: -1, owned: [] }, false).toString("latin1", 0, 10),
      "\0\0\0\0\0\x01\0\x02ab",
    );
  });

  it("K3: members that publish something else claim nothing", () => {
    const none = { id: "m", generation: -1, topics: ["a"], owned: [], observes: false };
    const head = Buffer.from("\0\0\0\0\0\x01\0\x01a", "latin1");
    const withData = (data: string) => Buffer.concat([head, Buffer.from([0, 0, 0, data.length]), Buffer.from(data)]);
    for (const data of ["", "x", "null", "[]", '{"generation":"1","owned":[]}', '{"generation":1}']) {
      assert.deepEqual(decodeSubscription("m", withData(data)), none, data);
    }
    assert.deepEqual(decodeSubscription("m", Buffer.concat([head, Buffer.from([255, 255, 255, 255])])), none);
    assert.deepEqual(decodeSubscription("m", null), { ...none, topics: [] });
  });

  it("K3: assignments arrive as they were made, also empty ones", () => {
    const partitions = [0, 3, 1].map((partition) => ({ topic: "a", partition }));
    const all = [...partitions, { topic: "b", partition: 0 }];
    assert.deepEqual(decodeAssignment(encodeAssignment(all)), all);
    assert.deepEqual(decodeAssignment(encodeAssignment([])), []);
    assert.deepEqual(decodeAssignment(Buffer.alloc(0)), []);
  });

  it("K22: each request to resume is another, and nothing else is one", () => {
    assert.notEqual(resumeRemark(), resumeRemark());
    assert.deepEqual([resumeRemark(), "", "resumed", "0"].map(isResume), [true, false, false, false]);
  });
});

describe("KafkaLambdaSink: errors of the client", () => {
  const nested = (inner: Error) =>
    new MultipleErrors("failed 4 times", [
      new NetworkError("closed"),
      new GenericError("PLT_KFK_USER", "x", { cause: inner }),
    ]);

  it("K20, K21: what a permission or an access has to mend ends the task; what passes is tried again", () => {
    const kind = (name: string) => sinkError("Fetch", nested(new ProtocolError(name))).name;
    assert.deepEqual(
      [
        "TOPIC_AUTHORIZATION_FAILED",
        "GROUP_AUTHORIZATION_FAILED",
        "UNSUPPORTED_SASL_MECHANISM",
        "FENCED_INSTANCE_ID",
      ].map(kind),
      Array.from({ length: 4 }, () => "ConfigurationError"),
    );
    const passing = [
      "NOT_LEADER_OR_FOLLOWER",
      "COORDINATOR_LOAD_IN_PROGRESS",
      "ILLEGAL_GENERATION",
      "REQUEST_TIMED_OUT",
    ];
    assert.deepEqual(
      passing.map(kind),
      Array.from({ length: 4 }, () => "TransientError"),
    );
    assert.deepEqual(["MESSAGE_TOO_LARGE", "INVALID_RECORD"].map(kind), ["RecordError", "RecordError"]);
    assert.equal(sinkError("Fetch", new TypeError("a mistake")).name, "TypeError");
  });

  it("K21: a broker's certificate that isn't trusted, or has run out, is a mistake in the configuration with its fix", () => {
    for (const code of ["SELF_SIGNED_CERT_IN_CHAIN", "ERR_TLS_CERT_ALTNAME_INVALID", "CERT_HAS_EXPIRED"]) {
      const error = sinkError(
        "Connecting",
        new NetworkError("failed", { cause: Object.assign(new Error(code), { code }) }),
      );
      assert.match(error.message, /^Connecting: failed; .*\. Fix: /);
      assert.equal(error.name, "ConfigurationError");
    }
  });

  it("K20: MSK's answer to too many sign-ins at once passes", () => {
    const crowd = new ProtocolError("SASL_AUTHENTICATION_FAILED", "[abc]: Too many connects");
    assert.equal(sinkError("Connecting", crowd).name, "TransientError");
    assert.equal(
      sinkError("Connecting", new ProtocolError("SASL_AUTHENTICATION_FAILED", "Access denied")).name,
      "ConfigurationError",
    );
    assert.deepEqual(errorNames(crowd), new Set(["SASL_AUTHENTICATION_FAILED", "PLT_KFK_PROTOCOL"]));
  });
});
