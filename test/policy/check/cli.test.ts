import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "../../..");

interface Report {
  readonly file: string;
  readonly error?: string;
  readonly violations: readonly { rule: string; level: string; statement?: string; message: string; fix: string }[];
  readonly notEvaluated: readonly { rule: string }[];
}

describe("npm run policy:check", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "policy-check-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const file = (name: string, content: unknown): string => {
    const path = join(folder, name);
    writeFileSync(path, content instanceof Buffer || typeof content === "string" ? content : JSON.stringify(content));
    return path;
  };
  const check = (args: readonly string[], input = "") => {
    const cli = ["--import", "tsx", "policy/check/cli.ts", ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, cli, { cwd: root, input, encoding: "utf8" });
    return { status, stdout, stderr };
  };
  const json = (args: readonly string[], input = "") => {
    const { status, stdout, stderr } = check(["--json", ...args], input);
    assert.equal(stderr, "");
    return { status, reports: JSON.parse(stdout) as Report[] };
  };
  const allowing = (statement: Record<string, unknown>) => ({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", ...statement }],
  });
  const narrow = allowing({ Sid: "Read", Action: "s3:GetObject", Resource: "arn:aws:s3:::orders/in/*" });
  const wide = allowing({ Sid: "All", Action: "s3:*", Resource: "arn:aws:s3:::orders/*" });

  it("P31: a good document ends with 0, a violation with 1 and as much as is needed to mend it", () => {
    const good = check([file("good.json", narrow)]);
    assert.equal(good.status, 0, good.stdout);
    assert.match(good.stdout, /good\.json: identity policy, nothing found/);
    const { status, reports } = json([file("good.json", narrow), file("wide.json", wide)]);
    assert.equal(status, 1);
    assert.deepEqual(reports[0]?.violations, []);
    const found = reports[1]?.violations.find(({ rule }) => rule === "P2");
    assert.equal(found?.level, "mandatory");
    assert.equal(found?.statement, "All");
    assert.match(found?.message ?? "", /s3:\*/);
    assert.ok(found?.fix);
    assert.ok(reports[1]?.notEvaluated.some(({ rule }) => rule === "P24"));
    const text = check([file("wide.json", wide)]);
    assert.equal(text.status, 1);
    assert.match(text.stdout, /\[mandatory\] statement All: it allows "s3:\*".*\n.*fix: list the s3 actions/);
    assert.match(text.stdout, /data-pipelines-policy explain P2/);
  });

  it("P31: standard input is judged, and the kind is told from the document or asked for", () => {
    const open = { Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: "*" };
    const { status, reports } = json(["-"], JSON.stringify({ Version: "2012-10-17", Statement: [open] }));
    assert.equal(status, 1);
    assert.ok(reports[0]?.violations.some(({ rule }) => rule === "P21"));
    const mixed = file("mixed.json", {
      Version: "2012-10-17",
      Statement: [open, { ...open, Action: "sns:Publish" }],
    });
    const asked = check([mixed]);
    assert.equal(asked.status, 2);
    assert.match(asked.stdout, /can't be told; add --kind trust or --kind resource:<service>/);
    assert.equal(check(["--kind", "resource:ec2", mixed]).status, 1);
    assert.match(check(["--kind", "resource:nope", mixed]).stderr, /names no service of AWS: nope/);
  });

  it("P25: bad input is a violation or an error, never an exception or a pass", () => {
    const statements = Array.from({ length: 10_000 }, (_, i) => ({ ...narrow.Statement[0], Sid: `S${i}` }));
    const unreadable: Readonly<Record<string, readonly [unknown, RegExp]>> = {
      "not-json": ["{ Version: 2012 }", /it is not JSON/],
      "not-text": [Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), /not UTF-8/],
      empty: ["", /it is not JSON/],
    };
    const wrong: Readonly<Record<string, readonly [unknown, RegExp]>> = {
      list: [[], /an object, not a list/],
      nothing: ["null", /an object, not null/],
      "unknown-key": [{ ...narrow, Comment: "x" }, /unknown key "Comment"/],
      "unknown-member": [allowing({ Actions: "s3:GetObject" }), /unknown key "Actions"/],
      "empty-statement": [{ ...narrow, Statement: [{}] }, /Effect/],
      "no-statement": [{ ...narrow, Statement: [] }, /no Statement/],
      "wrong-version": [{ ...narrow, Version: "2013-01-01" }, /Version|version/],
      "ten-thousand": [{ ...narrow, Statement: statements }, /characters/],
    };
    const run = (cases: typeof wrong) =>
      json(Object.entries(cases).map(([name, [content]]) => file(`${name}.json`, content)));
    const errors = run(unreadable);
    assert.equal(errors.status, 2);
    for (const [i, [name, [, says]]] of Object.entries(unreadable).entries()) {
      assert.match(errors.reports[i]?.error ?? "", says, name);
    }
    const refused = run(wrong);
    assert.equal(refused.status, 1);
    for (const [i, [name, [, says]]] of Object.entries(wrong).entries()) {
      const found = refused.reports[i]?.violations.filter(({ rule, level }) => rule === "P25" && level === "mandatory");
      assert.ok(
        found?.some(({ message }) => says.test(message)),
        `${name}: ${JSON.stringify(found?.slice(0, 3))}`,
      );
    }
    const missing = check([join(folder, "missing.json")]);
    assert.equal(missing.status, 2);
    assert.match(missing.stdout, /can't read .*missing\.json/);
    assert.equal(check([]).status, 2);
    assert.equal(check(["--wrong"]).status, 2);
    assert.equal(check(["--help"]).status, 0);
  });

  it("P33, P32: a configuration gives levels, and exemptions that are told", () => {
    const wideFile = file("wide.json", wide);
    const level = file("level.json", { "iam-no-service-wildcard": "disabled" });
    const without = json(["--config", level, wideFile]).reports[0]?.violations ?? [];
    assert.ok(!without.some(({ rule }) => rule === "P2"));
    const exemption = { resource: "*wide.json", reason: "an old tool needs them", expires: "2999-12-31" };
    const exempting = file("exempting.json", { "iam-no-service-wildcard": { exemptions: [exemption] } });
    const told = json(["--config", exempting, wideFile]).reports[0]?.violations.find(({ rule }) => rule === "P2");
    assert.equal(told?.level, "advisory");
    assert.match(told?.message ?? "", /exempted until 2999-12-31: an old tool needs them/);
    const wrong = check(["--config", file("wrong.json", { "iam-no-wildcards": "mandatory" })]);
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /iam-no-wildcards: no such rule; did you mean /);
  });
});
