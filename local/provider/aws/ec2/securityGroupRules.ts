import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupRulesCommand,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { number, tags, text } from "../../core/properties";
import { type AnyResourceType, defineResource, type ResourceType } from "../../core/resourceType";
import { ec2 } from "../clients";
import { found, unlessGone } from "../errors";
import { ec2Arn } from "./arn";
import { tagsOf } from "./tags";

const properties = {
  securityGroupId: text({ required: true }),
  ipProtocol: text({ required: true }),
  fromPort: number(),
  toPort: number(),
  cidrIpv4: text(),
  cidrIpv6: text(),
  prefixListId: text(),
  referencedSecurityGroupId: text(),
  description: text(),
  tags: tags(),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

export const securityGroupEgressRule = ruleType("Egress");
export const securityGroupIngressRule = ruleType("Ingress");

function ruleType(direction: "Egress" | "Ingress"): AnyResourceType {
  const kind = `SecurityGroup${direction}Rule`;
  return defineResource({
    type: `aws:vpc/s${kind.slice(1)}:${kind}`,
    properties,
    check: ({ cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId }) => {
      const targets = [cidrIpv4, cidrIpv6, prefixListId, referencedSecurityGroupId].filter(
        (each) => each !== undefined,
      );
      return targets.length === 1
        ? []
        : ["cidrIpv4: give exactly one of cidrIpv4, cidrIpv6, prefixListId and referencedSecurityGroupId"];
    },
    async create(inputs) {
      const asked = {
        GroupId: inputs.securityGroupId,
        IpPermissions: [permission(inputs)],
        TagSpecifications: tagsOf("security-group-rule", inputs.tags),
      };
      const made =
        direction === "Egress"
          ? await ec2().send(new AuthorizeSecurityGroupEgressCommand(asked))
          : await ec2().send(new AuthorizeSecurityGroupIngressCommand(asked));
      const id = made.SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? "";
      return {
        id,
        outputs: { securityGroupRuleId: id, arn: ec2Arn("security-group-rule", id), tagsAll: inputs.tags ?? {} },
      };
    },
    async read(id) {
      const seen = await found(() => ec2().send(new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [id] })));
      return seen?.SecurityGroupRules?.[0] && { securityGroupRuleId: id };
    },
    async delete(id, { securityGroupId: GroupId }) {
      const asked = { GroupId, SecurityGroupRuleIds: [id] };
      await unlessGone(() =>
        direction === "Egress"
          ? ec2().send(new RevokeSecurityGroupEgressCommand(asked))
          : ec2().send(new RevokeSecurityGroupIngressCommand(asked)),
      );
    },
  });
}

function permission({ description: Description, ...rule }: Inputs): IpPermission {
  return {
    IpProtocol: rule.ipProtocol,
    FromPort: rule.fromPort,
    ToPort: rule.toPort,
    IpRanges: rule.cidrIpv4 ? [{ CidrIp: rule.cidrIpv4, Description }] : undefined,
    Ipv6Ranges: rule.cidrIpv6 ? [{ CidrIpv6: rule.cidrIpv6, Description }] : undefined,
    PrefixListIds: rule.prefixListId ? [{ PrefixListId: rule.prefixListId, Description }] : undefined,
    UserIdGroupPairs: rule.referencedSecurityGroupId
      ? [{ GroupId: rule.referencedSecurityGroupId, Description }]
      : undefined,
  };
}
