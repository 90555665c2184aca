import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { checkState } from "../../policy/check/checkState";
import { readPackConfig } from "../../policy/pack/configFile";
import { otherPolicies } from "../../policy/pack/policies";
import { rules } from "../../policy/rules";
import { account, programsFolder, runProgram } from "./runProgram";

/** A finding that is right, in programs/<program>.labels.yaml; each other is a false alarm. */
interface Label {
  readonly rule: string;
  /** The class of the resource and its name: `RolePolicy shop-task`. */
  readonly resource: string;
  /** Sid, or `#0` for the first without. @default the resource as a whole */
  readonly statement?: string;
  /** What is wrong, for who reads the label. */
  readonly why: string;
}

const programs = readdirSync(programsFolder)
  .flatMap((file) => /^(\w+)\.ts$/.exec(file)?.[1] ?? [])
  .sort();

function labelsOf(program: string): string[] {
  const labels: readonly Label[] = parse(readFileSync(join(programsFolder, `${program}.labels.yaml`), "utf8"));
  for (const { why, rule } of labels) assert.ok(why?.length > 0, `${program}, ${rule}: a label says why`);
  return labels.map(({ rule, resource, statement }) => keyOf(rule, resource, statement)).sort();
}

function keyOf(rule: string, resource: string, statement?: string): string {
  return `${rule} ${resource}${statement === undefined ? "" : `, ${statement}`}`;
}

/** As docs/policies/adopting.md has it: a preview knows no ARN yet that would tell the own account. */
const inPreview = readPackConfig(
  JSON.stringify({ "policy-parameters": { trustedAccounts: [account] } }),
  rules,
  otherPolicies,
);

/** What `policy:check --state` tells, by rule, resource and statement. */
async function findingsOf(program: string, as: "state" | "preview"): Promise<{ key: string; message: string }[]> {
  const config = as === "preview" ? inPreview : undefined;
  return checkState(program, await runProgram(program, as), { rules, config }).violations.map((each) => {
    const [type = "", name = ""] = (each.resource ?? "").split("::").slice(-2);
    return { key: keyOf(each.rule, `${type.split(":").at(-1)} ${name}`, each.statement), message: each.message };
  });
}

/** What is in one list and not in the other, each as often as it is. */
function without(list: readonly string[], other: readonly string[]): string[] {
  const left = [...other];
  return list.filter((each) => {
    const at = left.indexOf(each);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

describe("whole programs, as teams write them", () => {
  const score = { right: 0, tooMany: 0, missed: 0 };

  for (const program of programs) {
    it(`P43: ${program}: what is labelled is told, and nothing else is`, async () => {
      const labels = labelsOf(program);
      const found = await findingsOf(program, "state");
      const keys = found.map(({ key }) => key);
      const missed = without(labels, keys);
      const tooMany = without(keys, labels);
      score.missed += missed.length;
      score.tooMany += tooMany.length;
      score.right += keys.length - tooMany.length;
      const told = tooMany.map((key) => `${key}: ${found.find((each) => each.key === key)?.message}`);
      assert.deepEqual({ missed, tooMany: told }, { missed: [], tooMany: [] });
    });

    it(`P43: ${program}: a preview, which knows less, tells nothing that the update takes back`, async () => {
      const found = await findingsOf(program, "preview");
      assert.ok(found.length > 0);
      const told = found.map(({ key, message }) => ({ key, message }));
      const taken = without(
        told.map(({ key }) => key),
        labelsOf(program),
      );
      assert.deepEqual(
        taken.map((key) => `${key}: ${told.find((each) => each.key === key)?.message}`),
        [],
      );
    });
  }

  it("P43: the programs are at least ten, with mistakes of most rules, and precision and recall over them are 100 %", () => {
    const labelled = new Set(programs.flatMap((each) => labelsOf(each).map((key) => key.split(" ")[0])));
    assert.ok(programs.length >= 10 && labelled.size >= 30, `${programs.length} programs, ${labelled.size} rules`);
    const { right, tooMany, missed } = score;
    const share = (of: number) => `${((100 * right) / (right + of)).toFixed(1)} %`;
    console.log(
      `      ${programs.length} programs: ${right} findings right, ${tooMany} too many, ${missed} missed; ` +
        `precision ${share(tooMany)}, recall ${share(missed)}`,
    );
    assert.deepEqual({ tooMany, missed }, { tooMany: 0, missed: 0 });
  });
});
