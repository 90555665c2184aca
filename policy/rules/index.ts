/** All rules, in the order of their numbers. */

import type { Rule } from "../model/rule";
import { administrator } from "./actions/p01-administrator";
import { serviceWildcard } from "./actions/p02-service-wildcard";
import { partialWildcard } from "./actions/p03-partial-wildcard";
import { negations } from "./actions/p05-negations";
import { powerfulManagedPolicies } from "./attachments/p19-managed-policies";
import { policiesOfUsers } from "./attachments/p27-policies-of-users";
import { exclusiveAttachments } from "./attachments/p28-exclusive-attachments";
import { ownPolicies } from "./attachments/p35-own-policies";
import { attachedBoundary } from "./attachments/p43-boundary-attached";
import { validity } from "./documents/p25-validity";
import { conditionUse } from "./documents/p26-conditions";
import { escalation } from "./escalation/p08-escalation";
import { escalationChain } from "./escalation/p09-escalation-chain";
import { keys } from "./exposure/p20-kms";
import { publicPolicy } from "./exposure/p21-public";
import { lambdaPermission } from "./exposure/p22-lambda-permission";
import { tlsOnlyRule } from "./exposure/p23-tls-only";
import { publicAccessBlock } from "./exposure/p24-public-access-block";
import { everyResource } from "./resources/p04-every-resource";
import { passAnyRole } from "./resources/p06-pass-any-role";
import { passToAnyService } from "./resources/p07-pass-to-any-service";
import { credentialsExposure } from "./resources/p10-credentials-exposure";
import { unconstrainedReads } from "./resources/p11-unconstrained-reads";
import { permissionsManagement } from "./resources/p12-permissions-management";
import { unconstrainedWrites } from "./resources/p13-unconstrained-writes";
import { assumeAnyRole } from "./resources/p17-assume-any-role";
import { trustOfEverybody } from "./trusts/p14-trust-of-everybody";
import { serviceSource } from "./trusts/p15-service-source";
import { externalId } from "./trusts/p16-external-id";
import { oidcSubject } from "./trusts/p18-oidc-subject";
import { unusedTrust } from "./trusts/p36-unused-trust";
import { sharedRoles } from "./workloads/p30-shared-roles";
import { plainSecrets } from "./workloads/p40-plain-secrets";

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
  plainSecrets,
  attachedBoundary,
];
