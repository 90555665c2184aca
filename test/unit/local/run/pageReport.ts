/** A report in which every member has something to tell, with texts of the caller's. */
import type { RunReport } from "../../../../local/run/report";

/** @param text by the text's place, for example `files.reason`; unlike for unlike places */
export function reportOf(text: (place: string) => string): RunReport & Required<Pick<RunReport, "iam" | "policy">> {
  const urn = (name: string) => `urn:pulumi:local::project::type::${text(name)}`;
  const grant = { role: text("role"), action: text("action"), resource: text("resource"), why: text("why") };
  const file = {
    pipeline: text("pipeline"),
    source: text("source"),
    file: text("file"),
    target: text("target"),
    detected: { format: "csv", encoding: "utf-8" } as const,
    read: 3_376,
    loaded: 3_370,
    quarantined: 3,
    replaced: 2,
    reasons: [
      { record: 10, reason: text("reason") },
      { record: 1_020, reason: text("reason") },
      { record: 0, reason: text("reason of the file") },
    ],
    seconds: 1.5,
  };
  return {
    passed: false,
    problems: [text("problem")],
    files: [
      file,
      { ...file, file: text("refused file"), refused: text("refusal"), reasons: [], loaded: 0, seconds: null },
    ],
    tables: [{ name: text("target"), rows: 3_370 }],
    connectors: [
      {
        name: text("connector"),
        method: "s3",
        requests: 4,
        upserts: 10,
        deletes: 1,
        throttled: 2,
        failed: 3,
        tokensExpired: 5,
        wrongExternalIdRefused: true,
      },
    ],
    orchestration: {
      status: text("status"),
      cause: text("cause"),
      seconds: 12.3,
      synced: 1,
      tokensLeft: 0,
      dbtNodes: { [text("outcome")]: 2 },
      connections: [
        {
          id: text("connection"),
          syncs: 2,
          heard: 2,
          rescheduled: 1,
          seconds: 4,
          brought: { table: text("brought"), read: 20, rows: 20 },
        },
      ],
      models: [{ name: text("model"), connection: text("connection"), rows: 20, counted: 20 }],
      artifacts: [],
    },
    kafka: [
      {
        sink: text("sink"),
        topic: text("topic"),
        partition: 0,
        produced: 1_010,
        delivered: 1_007,
        duplicates: 5,
        invocations: 9,
        results: 1_007,
        errors: 1,
        reasons: [],
        stopped: false,
        seconds: 2,
      },
    ],
    deltas: [
      {
        tenant: text("tenant"),
        table: text("exported table"),
        version: text("version"),
        status: text("import's status"),
        reason: text("import's reason"),
        inserted: 4,
        updated: 3,
        deleted: 2,
        unchanged: 1_001,
        published: 9,
        applied: 8,
        expected: { inserted: 4, updated: 3, deleted: 1, unchanged: 1_001 },
        seconds: 7,
      },
    ],
    iam: {
      calls: 7,
      denied: [{ ...grant, role: text("denied role"), count: 1 }],
      used: [{ ...grant, calls: 6 }],
      unused: [
        { ...grant, action: text("unused action"), reason: text("reason of a grant") },
        { ...grant, action: text("needless action"), reason: "" },
      ],
    },
    update: { created: 3, policyViolations: 1, seconds: 2 },
    policy: {
      rules: 43,
      violations: [
        { policy: text("policy"), resource: urn("violator"), level: text("level"), message: text("message") },
      ],
      exempted: [{ policy: text("exempted"), resource: "", level: "advisory", message: text("exemption") }],
    },
    resources: [
      {
        urn: urn("component"),
        type: `data-pipelines:index:${text("type")}`,
        name: text("component"),
        uses: [urn("single")],
      },
      { urn: urn("child"), type: "aws:s3/bucket:Bucket", name: text("child"), parent: urn("component"), uses: [] },
      { urn: urn("single"), type: "aws:sns/topic:Topic", name: text("single"), uses: [] },
    ],
    executions: [
      {
        machine: text("machine"),
        name: text("execution"),
        status: text("execution's status"),
        start: "2026-11-27T12:00:00.000Z",
        seconds: 8,
        states: [
          {
            name: text("state"),
            kind: "Task",
            spans: [
              { from: 0, to: 4 },
              { from: 1, to: 3 },
            ],
          },
          { name: text("state that failed"), kind: "Task", spans: [{ from: 4 }] },
        ],
      },
    ],
  };
}
