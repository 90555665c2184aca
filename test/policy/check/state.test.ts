import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main as baseline } from "../../../policy/check/baselineCli";
import { main as check } from "../../../policy/check/cli";
import { readPackConfig } from "../../../policy/pack/configFile";
import { otherPolicies } from "../../../policy/pack/policies";
import { rules } from "../../../policy/rules";

type Json = Record<string, unknown>;

const urnOf = (type: string, name: string) => `urn:pulumi:prod::shop::${type}::${name}`;
const policyType = "aws:iam/rolePolicy:RolePolicy";
const functionType = "aws:lambda/function:Function";

const statement = (Sid: string, Action: unknown, Resource: unknown) => ({ Sid, Effect: "Allow", Action, Resource });
const rolePolicy = (name: string, ...Statement: unknown[]) => ({
  type: policyType,
  urn: urnOf(policyType, name),
  inputs: { role: "shop", policy: JSON.stringify({ Version: "2012-10-17", Statement }) },
  outputs: {},
});
const lambda = (variables: Json) => ({
  type: functionType,
  urn: urnOf(functionType, "orders"),
  inputs: { role: "arn:aws:iam::111122223333:role/orders", environment: { variables } },
});
const stateOf = (...resources: unknown[]) => JSON.stringify({ version: 3, deployment: { resources } }, undefined, 1);

/** As `pulumi preview --json --show-sames` writes it: the first one stays as it is. */
const previewOf = (...resources: unknown[]) =>
  JSON.stringify({
    steps: resources.map((newState, i) => ({ op: i === 0 ? "same" : "create", newState })),
    changeSummary: { same: 1, create: resources.length - 1 },
  });

/** What a command prints and ends with. */
function run(command: (args: readonly string[]) => number, args: readonly string[]) {
  const printed: string[] = [];
  const { log, error } = console;
  console.log = (text: unknown) => printed.push(String(text));
  console.error = console.log;
  try {
    return { status: command(args), text: printed.join("\n") };
  } finally {
    console.log = log;
    console.error = error;
  }
}

describe("a whole stack, judged from its state", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "policy-state-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const json = (...args: string[]) =>
    JSON.parse(run(check, ["--format", "json", ...args]).text)[0].violations as Json[];

  const wide = rolePolicy("wide", statement("All", "s3:*", "*"));
  const secret = lambda({ API_TOKEN: "plum-4-garden-gate" });

  it("P45: one cause is one finding, the gravest, with the resource and the statement", () => {
    const found = json("--state", file("state.json", stateOf(wide)));
    assert.deepEqual(
      found.map(({ rule, resource, path, statement: label }) => [rule, resource, path, label]),
      [["P2", wide.urn, "policy", "All"]],
    );
    // What isn't said by the cause is told beside it.
    const also = rolePolicy("wide", statement("All", ["s3:*", "sqs:SendMessage"], "*"));
    assert.deepEqual(
      json("--state", file("more.json", stateOf(also))).map(({ rule }) => rule),
      ["P2", "P13"],
    );
  });

  it("P45: what AWS classes as several things, and what the same fix mends, is told once, by the gravest", () => {
    const told = (actions: string[], resource: string, config: object = {}) =>
      json(
        ...["--config", file("config.json", JSON.stringify(config))],
        ...["--state", file("once.json", stateOf(rolePolicy("wide", statement("All", actions, resource))))],
      ).flatMap(({ rule, level }) => (level === "mandatory" ? [rule] : []));
    const connect = "arn:aws:rds-db:eu-west-1:111122223333:dbuser:*/*";
    assert.deepEqual(told(["rds-db:connect"], connect), ["P10"]);
    assert.deepEqual(told(["kms:Decrypt"], "*"), ["P20"]);
    // Named secrets mend both; of another service are other resources.
    assert.deepEqual(told(["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], "*"), ["P11"]);
    assert.deepEqual(told(["secretsmanager:GetSecretValue", "ecs:DescribeServices"], "*"), ["P4", "P11"]);
    // What is exempted fixes nothing: what the exemption doesn't cover is told by itself.
    const exemptions = [{ resource: "wide", reason: "the sync tool reads all", expires: "2999-12-31" }];
    const exempting = { "iam-no-unconstrained-data-reads": { exemptions } };
    assert.deepEqual(told(["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], "*", exempting), ["P4"]);
  });

  it("P45: a preview is judged with what stays as it is, and one that leaves that out is told with what to do", () => {
    const queue = { type: "aws:sqs/queue:Queue", urn: urnOf("aws:sqs/queue:Queue", "orders"), inputs: { name: "q" } };
    assert.deepEqual(
      json("--state", file("whole.json", previewOf(queue, wide))).map(({ rule }) => rule),
      ["P2", "P23"],
    );
    const whole = JSON.parse(previewOf(queue, wide));
    const summary = { ...whole, changeSummary: { create: 1, same: 2 } };
    const { status, text } = run(check, ["--state", file("partial.json", JSON.stringify(summary))]);
    assert.equal(status, 2);
    assert.match(text, /leaves out 1 resource.*Fix: pulumi preview --json --show-sames/s);
  });

  it("P45: another statement's finding has a cause of its own", () => {
    const two = rolePolicy("wide", statement("All", "s3:*", "*"), statement("Read", "s3:GetObject", "*"));
    const found = json("--state", file("two.json", stateOf(two)));
    assert.deepEqual(
      found.map(({ rule, statement: label }) => `${rule} ${label}`),
      ["P2 All", "P11 Read"],
    );
  });

  it("P45: where the cause is only advised against, what comes of it is told by itself", () => {
    const config = file("config.json", JSON.stringify({ "iam-no-service-wildcard": "advisory" }));
    const found = json("--config", config, "--state", file("state.json", stateOf(wide)));
    assert.ok(found.some(({ rule, level }) => rule === "P11" && level === "mandatory"));
  });

  it("P45: an exemption silences what comes of what it exempts, and nothing else", () => {
    const exemption = {
      resource: "wide",
      statement: "All",
      actions: ["s3:*"],
      reason: "the vendor asks for it",
      expires: "2999-12-31",
    };
    const config = file("config.json", JSON.stringify({ "iam-no-service-wildcard": { exemptions: [exemption] } }));
    const state = (...statements: unknown[]) => file("state.json", stateOf(rolePolicy("wide", ...statements)));
    const levels = json("--config", config, "--state", state(statement("All", "s3:*", "*"))).map(({ level }) => level);
    assert.ok(levels.length > 3);
    assert.deepEqual(new Set(levels), new Set(["advisory"]));
    const other = json(
      "--config",
      config,
      "--state",
      state(statement("All", "s3:*", "*"), statement("More", "s3:*", "*")),
    );
    assert.deepEqual(
      other.filter(({ level }) => level === "mandatory").map(({ rule, statement: label }) => [rule, label]),
      [["P2", "More"]],
    );
  });

  it("P45: a secret in the state isn't known, and what is told of it never holds it", () => {
    const hidden = lambda({
      API_TOKEN: { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:x" },
    });
    assert.deepEqual(json("--state", file("state.json", stateOf(hidden))), []);
    const { text } = run(check, ["--format", "sarif", "--state", file("state.json", stateOf(secret))]);
    assert.match(text, /"ruleId": "P40"/);
    assert.doesNotMatch(text, /garden/);
  });

  it("P45: SARIF names rule, place, line and fix, and keeps a finding's fingerprint when its words change", () => {
    const state = file("state.json", stateOf(wide));
    const log = JSON.parse(run(check, ["--format", "sarif", "--state", state]).text);
    const [{ tool, results, invocations }] = log.runs;
    assert.equal(log.version, "2.1.0");
    const [result] = results;
    assert.equal(tool.driver.rules[result.ruleIndex].id, "P2");
    assert.match(tool.driver.rules[result.ruleIndex].help.markdown, /^# P2: .*\n[\s\S]*## Right/);
    const [location] = result.locations;
    assert.ok(location.logicalLocations[0].fullyQualifiedName.startsWith(wide.urn));
    const line = readFileSync(state, "utf8").split("\n")[location.physicalLocation.region.startLine - 1];
    assert.ok(line?.includes(wide.urn), line);
    assert.match(result.message.text, /Fix: list the s3 actions/);
    assert.equal(invocations[0].executionSuccessful, true);
    const narrower = file("other.json", stateOf(rolePolicy("wide", statement("All", "s3:**", "*"))));
    const [again] = JSON.parse(run(check, ["--format", "sarif", "--state", narrower]).text).runs[0].results;
    assert.deepEqual(again.partialFingerprints, result.partialFingerprints);
    const broken = JSON.parse(run(check, ["--format", "sarif", file("x.json", "{")]).text).runs[0];
    assert.equal(broken.invocations[0].executionSuccessful, false);
  });

  it("P45: a document's finding has the line of its statement", () => {
    const document = {
      Version: "2012-10-17",
      Statement: [statement("Fine", "s3:GetObject", "arn:aws:s3:::a/*"), statement("Bad", "s3:*", "*")],
    };
    const path = file("policy.json", JSON.stringify(document, undefined, 2));
    const [result] = JSON.parse(run(check, ["--format", "sarif", path]).text).runs[0].results;
    const { startLine } = result.locations[0].physicalLocation.region;
    assert.match(readFileSync(path, "utf8").split("\n")[startLine - 1] ?? "", /"Sid": "Bad"/);
  });

  it("P45: JUnit has a case a rule, a failure for what is refused, and is XML whatever a Sid says", () => {
    const evil = rolePolicy("wide", statement('<&"\u0001]]>', "s3:*", "*"));
    const { status, text } = run(check, ["--format", "junit", "--state", file("state.json", stateOf(evil))]);
    assert.equal(status, 1);
    assert.equal(text.match(/<testcase /g)?.length, rules.length);
    assert.match(text, /tests="\d+" failures="[12]" errors="0"/);
    assert.match(
      text,
      /name="P2 No service wildcards"><failure message="1 violation\(s\)" type="P2">\[mandatory\] urn:/,
    );
    assert.ok(text.includes("&lt;&amp;&quot;]]&gt;"), text);
    assert.match(
      run(check, ["--format", "junit", file("x.json", "{")]).text,
      /errors="1"[\s\S]*<error message="it is not JSON/,
    );
  });

  it("P45: the page on adopting the pack runs as it is written, from advice to what is new being refused", () => {
    const page = readFileSync(join(__dirname, "../../../docs/policies/adopting.md"), "utf8");
    const state = file("state.json", stateOf(wide, secret));
    const preview = file("preview.json", previewOf(wide, secret));
    const [shown = ""] = /```json\n(.*?)```/s.exec(page)?.slice(1) ?? [];
    const config = file("policy.json", shown);
    const commands = [...page.matchAll(/^npx data-pipelines-policy (check|baseline) (.*?)(?: > .*)?$/gm)];
    assert.equal(commands.length, 5);
    const statuses = commands.map(([, command = "", args = ""]) => {
      if (command === "baseline") writeFileSync(config, shown.replace(/ *"all": "advisory",\n/, ""));
      const words = [...args.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain = ""]) => quoted ?? plain);
      const files: Readonly<Record<string, string>> = {
        "state.json": state,
        "preview.json": preview,
        "policy.json": config,
      };
      const paths = words.map((word) => files[word] ?? word);
      return run(command === "check" ? check : baseline, paths).status;
    });
    // What there is, as the rules are; then the baseline, and with it everything passes.
    assert.deepEqual(statuses, [1, 0, 0, 0, 0]);
    assert.equal(run(check, ["--state", state, "--config", file("all.json", shown)]).status, 0);
    const later = stateOf(wide, secret, rolePolicy("new", statement("All", "s3:*", "*")));
    assert.equal(run(check, ["--state", file("later.json", later), "--config", config]).status, 1);
  });

  describe("baseline", () => {
    const until = ["--expires", "2999-12-31", "--reason", "before the pack, ticket OPS-112"];
    const write = (state: string, config: string) => run(baseline, ["--state", state, "--config", config, ...until]);

    it("P45: exempts what is there, so that the check passes, and nothing that comes later", () => {
      const state = file("state.json", stateOf(wide, secret));
      const config = join(folder, "prod.json");
      const { status, text } = write(state, config);
      assert.equal(status, 0, text);
      // What comes of the cause is exempted with it.
      assert.match(text, /: 2 exemption\(s\) added until 2999-12-31 \(P2: 1, P40: 1\)/);
      assert.equal(run(check, ["--config", config, "--state", state]).status, 0);
      const later: [string, unknown[]][] = [
        [
          "another statement",
          [rolePolicy("wide", statement("All", "s3:*", "*"), statement("New", "sqs:*", "*")), secret],
        ],
        ["another action", [rolePolicy("wide", statement("All", ["s3:*", "sqs:SendMessage"], "*")), secret]],
        ["another resource", [wide, rolePolicy("wider", statement("All", "s3:*", "*")), secret]],
        ["another secret", [wide, lambda({ API_TOKEN: "plum-4-garden-gate", DB_PASSWORD: "staple-and-battery" })]],
      ];
      for (const [what, resources] of later) {
        assert.equal(
          run(check, ["--config", config, "--state", file("later.json", stateOf(...resources))]).status,
          1,
          what,
        );
      }
    });

    it("P45: keeps the configuration that is there, and a second time adds nothing", () => {
      const state = file("state.json", stateOf(wide));
      const config = file(
        "prod.json",
        JSON.stringify({ "iam-no-service-wildcard": "mandatory", "tls-only": "disabled" }),
      );
      write(state, config);
      const text = readFileSync(config, "utf8");
      const { levels, rules: configs } = readPackConfig(text, rules, otherPolicies);
      assert.deepEqual(levels, { "iam-no-service-wildcard": "mandatory", "tls-only": "disabled" });
      assert.equal(configs["iam-no-service-wildcard"]?.exemptions.length, 1);
      assert.match(write(state, config).text, /: 0 exemption\(s\) added/);
      assert.equal(readFileSync(config, "utf8"), text);
    });

    it("P45: what is only advised against needs no exemption, and one statement's isn't another's", () => {
      const partial = rolePolicy("partial", statement("Some", "s3:GetObject*", "arn:aws:s3:::orders/*"));
      const config = join(folder, "prod.json");
      assert.match(write(file("state.json", stateOf(partial)), config).text, /: 0 exemption\(s\) added/);
      write(file("state.json", stateOf(wide)), config);
      const same = rolePolicy("wide", statement("All", "s3:*", "*"), statement("New", "s3:*", "*"));
      assert.equal(run(check, ["--config", config, "--state", file("later.json", stateOf(same))]).status, 1);
    });

    it("P45: what it was given for is told when it can't be: a day gone by, no reason, no state", () => {
      const state = file("state.json", stateOf(wide));
      const config = join(folder, "prod.json");
      const cases: [string[], RegExp][] = [
        [
          ["--state", state, "--config", config, "--expires", "2020-01-01", "--reason", "before the pack"],
          /a day to come/,
        ],
        [
          ["--state", state, "--config", config, "--expires", "2999-02-31", "--reason", "before the pack"],
          /a day to come/,
        ],
        [["--state", state, "--config", config, "--expires", "2999-12-31", "--reason", "x"], /no reason/],
        [["--state", file("n.json", "[]"), "--config", config, ...until], /neither a state .* nor a preview/],
        [["--state", join(folder, "none"), "--config", config, ...until], /can't read/],
        [["--state", state, "--config", file("bad.json", '{"x": 1}'), ...until], /x: no such rule/],
        [["--config", config], /are needed/],
        [["--stat", state], /--stat/],
      ];
      for (const [args, says] of cases) {
        const { status, text } = run(baseline, args);
        assert.equal(status, 2, text);
        assert.match(text, says);
      }
      assert.ok(!existsSync(config));
    });
  });
});
