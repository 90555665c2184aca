/**
 * Published methods of privilege escalation. sts-001 (`sts:AssumeRole` on every role) is missing: that is rule P17.
 */
import { identityMethods } from "./identity";
import type { Method } from "./method";
import { passRoleMethods } from "./passRole";
import { takeOverMethods } from "./takeOver";

export const methods: readonly Method[] = [...identityMethods, ...passRoleMethods, ...takeOverMethods];
