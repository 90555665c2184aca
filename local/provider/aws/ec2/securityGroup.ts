import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { blocks, flag, tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { account, ec2 } from "../clients";
import { eventually, found, unlessGone } from "../errors";
import { ec2Arn } from "./arn";
import { retag, tagsOf } from "./tags";

interface Rule {
  readonly protocol: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly cidrBlocks?: readonly string[];
  readonly prefixListIds?: readonly string[];
  readonly securityGroups?: readonly string[];
  readonly self?: boolean;
  readonly description?: string;
}

export const securityGroup = defineResource({
  type: "aws:ec2/securityGroup:SecurityGroup",
  properties: {
    name: text({ replaces: true }),
    description: text({ default: "Managed by Pulumi", replaces: true }),
    vpcId: text({ replaces: true }),
    ingress: blocks<Rule>()(),
    egress: blocks<Rule>()(),
    revokeRulesOnDelete: flag({ onlyState: true }),
    tags: tags(),
  },
  naming: { input: "name" },
  async create(inputs) {
    const made = await ec2().send(
      new CreateSecurityGroupCommand({
        GroupName: inputs.name,
        Description: inputs.description,
        VpcId: inputs.vpcId,
        TagSpecifications: tagsOf("security-group", inputs.tags),
      }),
    );
    const id = made.GroupId ?? "";
    // A new group may send anywhere; the provider takes that away, so that only the rules that are written count.
    const everywhere = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
    await ec2().send(new RevokeSecurityGroupEgressCommand({ GroupId: id, IpPermissions: everywhere }));
    await authorize(id, inputs.ingress, inputs.egress);
    return { id, outputs: { arn: ec2Arn("security-group", id), ownerId: account, tagsAll: inputs.tags ?? {} } };
  },
  async read(id) {
    const seen = await found(() => ec2().send(new DescribeSecurityGroupsCommand({ GroupIds: [id] })));
    return seen?.SecurityGroups?.[0] && { name: seen.SecurityGroups[0].GroupName };
  },
  async update(id, inputs, state) {
    const [ingress, egress] = [permissions(id, state.ingress), permissions(id, state.egress)];
    if (ingress) await ec2().send(new RevokeSecurityGroupIngressCommand({ GroupId: id, IpPermissions: ingress }));
    if (egress) await ec2().send(new RevokeSecurityGroupEgressCommand({ GroupId: id, IpPermissions: egress }));
    await authorize(id, inputs.ingress, inputs.egress);
    return retag(id, state.tags, inputs.tags);
  },
  async delete(id) {
    await eventually(/DependencyViolation/, () =>
      unlessGone(() => ec2().send(new DeleteSecurityGroupCommand({ GroupId: id }))),
    );
  },
});

async function authorize(id: string, ingress?: readonly Rule[], egress?: readonly Rule[]): Promise<void> {
  const [into, out] = [permissions(id, ingress), permissions(id, egress)];
  if (into) await ec2().send(new AuthorizeSecurityGroupIngressCommand({ GroupId: id, IpPermissions: into }));
  if (out) await ec2().send(new AuthorizeSecurityGroupEgressCommand({ GroupId: id, IpPermissions: out }));
}

function permissions(id: string, rules: readonly Rule[] | undefined): IpPermission[] | undefined {
  if (!rules || rules.length === 0) return undefined;
  return rules.map(({ description: Description, ...rule }) => ({
    IpProtocol: rule.protocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    IpRanges: rule.cidrBlocks?.map((CidrIp) => ({ CidrIp, Description })),
    PrefixListIds: rule.prefixListIds?.map((PrefixListId) => ({ PrefixListId, Description })),
    UserIdGroupPairs: [...(rule.securityGroups ?? []), ...(rule.self ? [id] : [])].map((GroupId) => ({
      GroupId,
      Description,
    })),
  }));
}
