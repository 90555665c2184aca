import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ensureActionlint } from "../../local/setup/actionlint";

const root = join(__dirname, "..", "..");
const folder = join(root, ".github", "workflows");
const files = readdirSync(folder).sort();

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps?: readonly { readonly run?: string; readonly with?: Readonly<Record<string, unknown>> }[];
}
interface Workflow {
  readonly on: unknown;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflows = files.map((file) => ({
  file,
  text: readFileSync(join(folder, file), "utf8"),
  workflow: parse(readFileSync(join(folder, file), "utf8")) as Workflow,
}));

describe("the workflows", () => {
  it("S2: actionlint finds nothing", async function () {
    this.timeout(300_000);
    const actionlint = await ensureActionlint();
    const { status, stdout } = spawnSync(actionlint, ["-no-color", ...files.map((file) => join(folder, file))], {
      cwd: root,
      encoding: "utf8",
    });
    assert.equal(stdout, "");
    assert.equal(status, 0);
  });

  it("S2: there are previews, deployments, a drift check and releases", () => {
    assert.deepEqual(files, ["deploy-stack.yml", "deploy.yml", "drift.yml", "preview.yml", "release.yml"]);
  });

  it("S2: no key is stored: the cloud's roles are assumed by OIDC, and a workflow may read and nothing more unless a job says so", () => {
    for (const { file, text, workflow } of workflows) {
      assert.deepEqual(workflow.permissions, { contents: "read" }, file);
      assert.doesNotMatch(text, /AWS_SECRET_ACCESS_KEY|aws-secret-access-key|NPM_TOKEN|NODE_AUTH_TOKEN/, file);
      for (const [name, job] of Object.entries(workflow.jobs)) {
        const assumes = (job.steps ?? []).some((step) => step.with?.["role-to-assume"] !== undefined);
        if (assumes) assert.equal(job.permissions?.["id-token"], "write", `${file}, ${name}`);
      }
    }
  });

  it("S2: no script is given text that a pull request's author chose", () => {
    for (const { file, workflow } of workflows) {
      for (const { run } of Object.values(workflow.jobs).flatMap((job) => job.steps ?? [])) {
        assert.doesNotMatch(run ?? "", /\$\{\{/, `${file}: hand it over by env`);
      }
    }
  });

  it("S2: the commands that they run are those of package.json", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const used = workflows.flatMap(({ text }) =>
      [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name = ""]) => name),
    );
    assert.ok(used.includes("ci") && used.includes("build"));
    assert.deepEqual(
      used.filter((name) => scripts[name] === undefined),
      [],
    );
  });
});
