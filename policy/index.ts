/** The policy pack: `pulumi preview --policy-pack policy`. One rule a file, under rules/. */
import { PolicyPack } from "@pulumi/policy";
import { administrator } from "./rules/p01-administrator";
import { serviceWildcard } from "./rules/p02-service-wildcard";
import { negations } from "./rules/p05-negations";
import { publicPolicy } from "./rules/p21-public";
import { publicAccessBlock } from "./rules/p24-public-access-block";
import { validity } from "./rules/p25-validity";

new PolicyPack("data-pipelines", {
  policies: [administrator, serviceWildcard, negations, publicPolicy, publicAccessBlock, validity],
});
