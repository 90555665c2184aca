/** All rules, in the order of their numbers. */
import { administrator } from "./p01-administrator";
import { serviceWildcard } from "./p02-service-wildcard";
import { partialWildcard } from "./p03-partial-wildcard";
import { everyResource } from "./p04-every-resource";
import { negations } from "./p05-negations";
import { passAnyRole } from "./p06-pass-any-role";
import { passToAnyService } from "./p07-pass-to-any-service";
import { escalation } from "./p08-escalation";
import { escalationChain } from "./p09-escalation-chain";
import { credentialsExposure } from "./p10-credentials-exposure";
import { unconstrainedReads } from "./p11-unconstrained-reads";
import { permissionsManagement } from "./p12-permissions-management";
import { unconstrainedWrites } from "./p13-unconstrained-writes";
import { trustOfEverybody } from "./p14-trust-of-everybody";
import { serviceSource } from "./p15-service-source";
import { externalId } from "./p16-external-id";
import { assumeAnyRole } from "./p17-assume-any-role";
import { oidcSubject } from "./p18-oidc-subject";
import { powerfulManagedPolicies } from "./p19-managed-policies";
import { keys } from "./p20-kms";
import { publicPolicy } from "./p21-public";
import { lambdaPermission } from "./p22-lambda-permission";
import { tlsOnlyRule } from "./p23-tls-only";
import { publicAccessBlock } from "./p24-public-access-block";
import { validity } from "./p25-validity";
import { conditionUse } from "./p26-conditions";
import { policiesOfUsers } from "./p27-policies-of-users";
import { exclusiveAttachments } from "./p28-exclusive-attachments";
import { sharedRoles } from "./p30-shared-roles";
import { ownPolicies } from "./p35-own-policies";
import { unusedTrust } from "./p36-unused-trust";
import type { Rule } from "./rule";

export const rules: readonly Rule[] = [
  administrator,
  serviceWildcard,
  partialWildcard,
  everyResource,
  negations,
  passAnyRole,
  passToAnyService,
  escalation,
  escalationChain,
  credentialsExposure,
  unconstrainedReads,
  permissionsManagement,
  unconstrainedWrites,
  trustOfEverybody,
  serviceSource,
  externalId,
  assumeAnyRole,
  oidcSubject,
  powerfulManagedPolicies,
  keys,
  publicPolicy,
  lambdaPermission,
  tlsOnlyRule,
  publicAccessBlock,
  validity,
  conditionUse,
  policiesOfUsers,
  exclusiveAttachments,
  sharedRoles,
  ownPolicies,
  unusedTrust,
];
