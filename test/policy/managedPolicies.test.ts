import assert from "node:assert/strict";
import {
  administratorArns,
  awsManaged,
  type ManagedPolicy,
  managedPolicy,
} from "../../policy/catalogue/managedPolicies";
import data from "../../policy/catalogue/managedPolicies.json";
import { readDocument } from "../../policy/document/readDocument";
import { Effective } from "../../policy/escalation/effective";
import { methodsOpenTo } from "../../policy/escalation/match";
import { escalationDocuments, refusalOf } from "../../policy/principals/managedPolicies";

const ofAws = "arn:aws:iam::aws:policy";

describe("AWS's managed policies by what they allow", () => {
  it("P42: what is graver than advice is refused with its reason, the gravest first", () => {
    for (const [name, reason] of [
      ["AdministratorAccess", /nearly every action of AWS/],
      ["PowerUserAccess", /nearly every action of AWS/],
      ["SecretsManagerReadWrite", /escalates by cloudformation-005/],
      ["AWSGlueServiceRole", /escalates by glue-/],
      ["AWSCodeBuildDeveloperAccess", /escalates by codebuild-/],
      ["AmazonDynamoDBFullAccess_v2", /every action of dynamodb/],
      ["DatabaseAdministrator", /every action of dynamodb, elasticache, rds/],
      ["ReadOnlyAccess", /credentials for every resource/],
      ["AmazonSSMManagedInstanceCore", /reads the data of every resource: ssm:GetParameter, ssm:GetParameters/],
    ] as const) {
      assert.match(refusalOf(name)?.[0] ?? "", reason, name);
    }
    assert.ok(refusalOf("ReadOnlyAccess")?.some((reason) => /reads the data of every resource/.test(reason)));
  });

  it("P42: what is only wider than it needs to be is P35's", () => {
    for (const name of [
      "AWSLambdaBasicExecutionRole",
      "AWSLambdaVPCAccessExecutionRole",
      "AmazonECSTaskExecutionRolePolicy",
      "AmazonEC2ContainerRegistryReadOnly",
      "AmazonEKSClusterPolicy",
      "AmazonEKSWorkerNodePolicy",
      "AmazonEKS_CNI_Policy",
      "AWSXRayDaemonWriteAccess",
      "CloudWatchAgentServerPolicy",
      "ViewOnlyAccess",
    ]) {
      assert.equal(refusalOf(name), undefined, name);
    }
  });

  it("P42: each that is a way of escalation by itself, or an administrator's, is refused, whatever its name", () => {
    const grave = Object.entries(data.policies).filter(
      ([, { escalation, isAdministrator }]: [string, ManagedPolicy]) => {
        const open = escalation ? methodsOpenTo(new Effective([readDocument(escalation)])) : [];
        return isAdministrator || open.length > 0;
      },
    );
    const names = grave.map(([path]) => path.split("/").at(-1) ?? path);
    assert.ok(names.length >= 38, `${names.length}`);
    for (const name of ["SystemAdministrator", "PowerUserAccess"]) {
      assert.ok(names.includes(name), name);
    }
    assert.deepEqual(
      names.filter((name) => refusalOf(name) === undefined),
      [],
    );
  });

  it("P42: a policy that the data doesn't have is told by its name", () => {
    assert.ok(refusalOf("AmazonNothingYetFullAccess"));
    assert.ok(refusalOf("AWSNothingYet_FullAccess_v2"));
    assert.equal(refusalOf("AWSNothingYetReadOnlyAccess"), undefined);
    assert.equal(managedPolicy("constructor"), undefined);
  });

  it("P42: those that give the account are known by their ARNs, in each partition", () => {
    for (const name of ["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"]) {
      assert.ok(administratorArns("aws").includes(`${ofAws}/${name}`), name);
      assert.ok(administratorArns("aws-cn").includes(`arn:aws-cn:iam::aws:policy/${name}`), name);
    }
    assert.ok(administratorArns("aws").length < 20, "they are few");
    assert.equal(awsManaged("arn:aws-cn:iam::aws:policy/service-role/AWSGlueServiceRole"), "AWSGlueServiceRole");
    assert.equal(awsManaged("arn:aws:iam::111122223333:policy/AdministratorAccess"), undefined);
  });

  it("P42: the statements of which ways of escalation are made can be read as a document", () => {
    const [document] = escalationDocuments([`${ofAws}/AWSCodeDeployRoleForECS`, `${ofAws}/ViewOnlyAccess`]);
    assert.ok(document?.statements.some(({ actions }) => actions.includes("iam:PassRole")));
    assert.deepEqual(document?.problems, []);
    assert.equal(readDocument(managedPolicy("AWSCodeDeployRoleForECS")?.escalation).problems.length, 0);
  });
});
