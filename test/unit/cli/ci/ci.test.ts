import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import fc from "fast-check";
import { driftIssue, marker, previewComment } from "../../../../cli/ci/comment";
import { parseOptions } from "../../../../cli/ci/options";
import { type CiPorts, runCi } from "../../../../cli/ci/run";
import { type PreviewSummary, type Step, SummaryBuilder } from "../../../../cli/ci/summary";
import { UsageError } from "../../../../cli/shared/commandLine";

const table: Step = { op: "replace", type: "aws:dynamodb/table:Table", name: "ingest-table", changed: ["hashKey"] };
const gateway: Step = { op: "create", type: "aws:ec2/natGateway:NatGateway", name: "nat", changed: [] };

function summaryOf(stack: string, rest: Partial<PreviewSummary> = {}): PreviewSummary {
  return { stack, steps: [], same: 3, violations: [], errors: [], succeeded: true, ...rest };
}

/** GitHub's issues and comments, as far as the commands use them; pages of the size that is asked for. */
function fakeGitHub(token: string) {
  const store: { id: number; number: number; body: string; state: string; pull_request?: object }[] = [];
  const calls: string[] = [];
  const send = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { pathname, searchParams } = new URL(String(url));
    const method = init.method ?? "GET";
    calls.push(`${method} ${pathname}`);
    if (new Headers(init.headers).get("authorization") !== `Bearer ${token}`) {
      return new Response('{"message":"Bad credentials"}', { status: 401 });
    }
    const body = init.body === undefined ? {} : (JSON.parse(String(init.body)) as { body?: string; state?: string });
    if (method === "GET") {
      const [size, page] = [Number(searchParams.get("per_page")), Number(searchParams.get("page"))];
      const open = store.filter(({ state }) => searchParams.get("state") === null || state === "open");
      return Response.json(open.slice((page - 1) * size, page * size));
    }
    if (method === "POST") {
      const id = store.length + 1;
      store.push({ id, number: id, body: body.body ?? "", state: "open" });
      return Response.json(store.at(-1), { status: 201 });
    }
    const changed = store.find(({ id }) => id === Number(pathname.split("/").pop()));
    if (changed === undefined) return new Response('{"message":"Not Found"}', { status: 404 });
    Object.assign(changed, body);
    return Response.json(changed);
  };
  return { store, calls, send: send as typeof fetch };
}

describe("ci: what a pull request is told", () => {
  it("S2: a summary has a replacement once, names what changes, and keeps policy and engine messages", () => {
    const builder = new SummaryBuilder("dev");
    const step = (op: string, name: string, diffs?: string[]): EngineEvent =>
      ({
        resourcePreEvent: {
          metadata: {
            op,
            urn: `urn:pulumi:dev::p::aws:s3/bucket:Bucket::${name}`,
            type: "aws:s3/bucket:Bucket",
            diffs,
          },
        },
      }) as unknown as EngineEvent;
    for (const op of ["create-replacement", "replace", "delete-replaced"]) builder.add(step(op, "a", ["bucket"]));
    builder.add(step("same", "b"));
    builder.add({
      policyEvent: { enforcementLevel: "mandatory", resourceUrn: "urn:pulumi:dev::p::t::role", message: " P1: no \n" },
    } as EngineEvent);
    builder.add({ diagnosticEvent: { severity: "error", message: "it broke\n" } } as EngineEvent);
    assert.deepEqual(builder.done(new Error("exit 255")), {
      stack: "dev",
      steps: [{ op: "replace", type: "aws:s3/bucket:Bucket", name: "a", changed: ["bucket"] }],
      same: 1,
      violations: [{ level: "mandatory", resource: "role", message: "P1: no" }],
      errors: ["it broke"],
      succeeded: false,
    });
  });

  it("S2: an engine that dies without a word is told by the command's error", () => {
    assert.deepEqual(new SummaryBuilder("dev").done(new Error("no credentials")).errors, ["no credentials"]);
  });

  it("S2: the comment says first what holds data and would go, what costs money, and who may do more", () => {
    const text = previewComment({
      summaries: [summaryOf("prod", { steps: [table, gateway] }), summaryOf("dev")],
      access: "+ role/load may dynamodb:DeleteItem on table/x",
    });
    assert.ok(text.startsWith(marker("preview")));
    assert.ok(text.indexOf("| dev | passed |") < text.indexOf("| prod | passed | 1 | 0 | 1 | 0 | 3 |"));
    assert.match(text, /Holds data and would go[\s\S]*replace `ingest-table`\*\*: table with its items/);
    assert.match(text, /\+1 NAT gateway, by the hour/);
    assert.match(text, /Who may do what[\s\S]*dynamodb:DeleteItem/);
  });

  it("S2: a refused preview is told with its mandatory violations, not with advice", () => {
    const violations = [
      { level: "mandatory", resource: "role", message: "P1: no" },
      { level: "advisory", resource: "role", message: "P3: hm" },
    ];
    const text = previewComment({ summaries: [summaryOf("dev", { violations, succeeded: false })], access: "" });
    assert.match(text, /refused by 1 policy violation /);
    assert.ok(text.includes("P1: no") && !text.includes("P3: hm"));
  });

  it("S2: whatever names and messages hold, the comment stays below GitHub's limit and its fences close", () => {
    const strange = fc.string({ unit: fc.constantFrom("`", "\n", "<", "a", "~", "é"), maxLength: 80 });
    const step = fc.record({ op: fc.constantFrom("create", "delete"), type: strange, name: strange });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 300, size: "max" }),
        fc.array(strange, { maxLength: 5 }),
        (steps, errors) => {
          const summary = summaryOf("dev", { steps: steps.map((each) => ({ ...each, changed: [] })), errors });
          const text = previewComment({ summaries: [summary], access: "" });
          assert.ok(text.length < 65_536);
          for (const error of errors) {
            const fence = "`".repeat(Math.max(2, ...[...error.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
            assert.ok(text.includes(`${fence}\n${error}\n${fence}`));
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it("S2: there is a drift issue only where there is drift", () => {
    assert.equal(driftIssue([summaryOf("dev")]), undefined);
    assert.match(driftIssue([summaryOf("dev"), summaryOf("prod", { steps: [table] })]) ?? "", /### prod/);
  });
});

describe("ci: comments and issues on GitHub", () => {
  let folder: string;
  const printed: string[] = [];
  const token = "ghs_secret";
  let github = fakeGitHub(token);
  const ports = (environment: Record<string, string> = {}): CiPorts => ({
    environment: {
      GITHUB_TOKEN: token,
      GITHUB_REPOSITORY: "owner/name",
      GITHUB_API_URL: "https://github.test",
      GITHUB_EVENT_PATH: join(folder, "..", "event", "event.json"),
      ...environment,
    },
    print: (line) => printed.push(line),
    fetch: github.send,
    project: folder,
  });
  const run = (args: string[], environment?: Record<string, string>) => {
    const options = parseOptions(args);
    assert.ok(options);
    return runCi(options, ports(environment));
  };
  let place: string;
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), "ci-"));
    folder = join(place, "previews");
    github = fakeGitHub(token);
    printed.length = 0;
    for (const name of ["previews", "event"]) mkdirSync(join(place, name));
    writeFileSync(join(folder, "dev.json"), JSON.stringify(summaryOf("dev", { steps: [gateway] })));
    // What GitHub hands to a workflow of a pull request, cut down to what is around the number.
    const event = { action: "synchronize", number: 7, pull_request: { number: 7, head: { ref: "topic" } } };
    writeFileSync(join(place, "event", "event.json"), JSON.stringify(event));
  });
  afterEach(() => rmSync(place, { recursive: true, force: true }));

  it("S2: the first run writes a comment, the next one changes it, also behind a hundred others", async () => {
    assert.equal(await run(["comment", "--folder", folder]), 0);
    const [first] = github.store.splice(0);
    for (let id = 1; id <= 120; id += 1) github.store.push({ id, number: id, body: "talk", state: "open" });
    github.store.push({ ...(first as (typeof github.store)[number]), id: 500, number: 500 });
    writeFileSync(join(folder, "dev.json"), JSON.stringify(summaryOf("dev", { same: 99 })));
    assert.equal(await run(["comment", "--folder", folder]), 0);
    assert.equal(github.store.length, 121);
    assert.match(github.store.at(-1)?.body ?? "", /\| 99 \|/);
    assert.deepEqual(printed, ["Comment created.", "Comment updated."]);
    assert.ok(github.calls.includes("POST /repos/owner/name/issues/7/comments"));
  });

  it("S2: the drift issue is opened, updated, and closed when there is none left", async () => {
    for (const summary of [
      summaryOf("dev", { steps: [gateway] }),
      summaryOf("dev", { steps: [table] }),
      summaryOf("dev"),
    ]) {
      writeFileSync(join(folder, "dev.json"), JSON.stringify(summary));
      assert.equal(await run(["drift-issue", "--folder", folder]), 0);
    }
    assert.deepEqual(printed, ["Issue: created.", "Issue: updated.", "Issue: closed."]);
    assert.deepEqual(
      github.store.map(({ state }) => state),
      ["closed"],
    );
    assert.match(github.store[0]?.body ?? "", /ingest-table/);
  });

  it("S2: a refused call says status and place, and never shows the token", async () => {
    await assert.rejects(run(["comment", "--folder", folder], { GITHUB_TOKEN: "ghs_wrong" }), (error: Error) => {
      assert.match(error.message, /GitHub answered 401 to GET \/repos\/owner\/name\/issues\/7\/comments/);
      return !error.message.includes("ghs_wrong");
    });
  });

  it("S2: what is missing is named: token, event, summaries, flags", async () => {
    const cases: [string[], Record<string, string>, RegExp][] = [
      [["comment", "--folder", folder], { GITHUB_TOKEN: "" }, /GITHUB_TOKEN isn't set/],
      [
        ["comment", "--folder", folder],
        { GITHUB_EVENT_PATH: "/nowhere" },
        /event in GITHUB_EVENT_PATH isn't a pull request's/,
      ],
      [["comment", "--folder", join(place, "event")], {}, /event\.json isn't a summary/],
      [["comment", "--folder", join(place, "empty")], {}, /holds no summary; run preview or drift first/],
    ];
    for (const [args, environment, expected] of cases) {
      await assert.rejects(run(args, environment), (error: Error) => {
        assert.ok(error instanceof UsageError);
        return expected.test(error.message);
      });
    }
    assert.throws(() => parseOptions(["preview", "--stack", "dev"]), /--out is missing/);
    assert.throws(() => parseOptions(["previews"]), /"previews" isn't a command; give preview, drift/);
    assert.equal(parseOptions(["preview", "--help"]), undefined);
  });
});
