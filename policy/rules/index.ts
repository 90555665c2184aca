/** All rules, in the order of their numbers. */
import { administrator } from "./p01-administrator";
import { serviceWildcard } from "./p02-service-wildcard";
import { negations } from "./p05-negations";
import { publicPolicy } from "./p21-public";
import { publicAccessBlock } from "./p24-public-access-block";
import { validity } from "./p25-validity";
import type { Rule } from "./rule";

export const rules: readonly Rule[] = [
  administrator,
  serviceWildcard,
  negations,
  publicPolicy,
  publicAccessBlock,
  validity,
];
