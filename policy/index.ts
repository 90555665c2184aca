/** The policy pack: `pulumi preview --policy-pack policy`. One rule a file, under rules/. */
import { PolicyPack } from "@pulumi/policy";
import { policiesOf } from "./pack/policies";
import { rules } from "./rules";

new PolicyPack("data-pipelines", { policies: policiesOf(rules) });
