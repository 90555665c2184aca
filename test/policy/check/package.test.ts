import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { start } from "../pack/start";

const root = join(__dirname, "../../..");
const packageName = "pulumi-data-pipelines-policy";

describe("the pack as a package of its own", () => {
  let folder = "";
  let installed = "";

  // As npm would install it, but with the packages that are here already.
  before(function () {
    this.timeout(120_000);
    folder = mkdtempSync(join(tmpdir(), "policy-package-"));
    const args = ["pack", join(root, "policy"), "--pack-destination", folder, "--json"];
    const [{ filename }] = JSON.parse(execFileSync("npm", args, { cwd: folder, encoding: "utf8", shell: false }));
    execFileSync("tar", ["-xzf", join(folder, filename), "-C", folder]);
    installed = join(folder, "node_modules", packageName);
    mkdirSync(dirname(installed));
    renameSync(join(folder, "package"), installed);
    const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    for (const name of Object.keys(dependencies)) {
      const link = join(folder, "node_modules", name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(root, "node_modules", name), link);
    }
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  const command = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(installed, "bin.js"), ...args], {
      cwd: folder,
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  };

  it("P45: has its licence and its words, and no file of this repository's stacks", () => {
    assert.match(readFileSync(join(installed, "LICENSE"), "utf8"), /Apache License/);
    assert.match(readFileSync(join(installed, "README.md"), "utf8"), /pulumi preview --policy-pack/);
    for (const own of ["config/prod.json", "access/reference.json"]) {
      assert.throws(() => readFileSync(join(installed, own)), /ENOENT/);
    }
  });

  it("P45: Pulumi's host starts it from there", async () => {
    assert.match(await start(installed), /^\d+\n$/);
  }).timeout(60_000);

  it("P45: its commands work in an empty folder: check, baseline, access, explain", () => {
    const type = "aws:iam/role:Role";
    const trust = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
    };
    const resource = { type, urn: `urn:pulumi:prod::shop::${type}::loader`, inputs: { assumeRolePolicy: trust } };
    const state = join(folder, "state.json");
    writeFileSync(state, JSON.stringify({ deployment: { resources: [resource] } }));
    const judged = command("check", "--state", state);
    assert.equal(judged.status, 1, judged.stderr);
    assert.match(judged.stdout, /P14 Trusts name who may take the role on/);
    const until = ["--expires", "2999-12-31", "--reason", "before the pack"];
    const written = command("baseline", "--state", state, "--config", "prod.json", ...until);
    assert.equal(written.status, 0, written.stderr);
    assert.equal(command("check", "--config", "prod.json", "--state", state).status, 0);
    assert.equal(command("access", "--file", state, "--stack", "prod").status, 0);
    assert.match(command("explain", "P14").stdout, /^# P14: /);
    assert.equal(command("explain", "P99").status, 2);
  }).timeout(120_000);

  it("P45: whoever reads the first lines alone sees no error", () => {
    const reading = `"${process.execPath}" "${join(installed, "bin.js")}" explain P25 | head -n 1`;
    const { stdout, stderr } = spawnSync("sh", ["-c", reading], { cwd: folder, encoding: "utf8" });
    assert.match(stdout, /^# P25: /);
    assert.equal(stderr, "");
  }).timeout(60_000);

  it("P45: what a message names leads to the rule's page, whatever repository the program is in", () => {
    const policy = join(folder, "policy.json");
    const statement = { Effect: "Allow", Action: "s3:*", Resource: "*" };
    writeFileSync(policy, JSON.stringify({ Version: "2012-10-17", Statement: [statement] }));
    const [, told = ""] = /\(data-pipelines-policy (explain P\d+)\)/.exec(command("check", policy).stdout) ?? [];
    assert.match(command(...told.split(" ")).stdout, /^# P2: [\s\S]*## Right/);
  }).timeout(60_000);
});
