/** Methods that change who somebody is or what they may do. Facts: Rhino Security Labs, pathfinding.cloud. */
import { any, every, type Method, same, self } from "./method";

export const identityMethods: readonly Method[] = [
  { id: "iam-001", name: "write a new version of an attached policy", needs: [self("iam:CreatePolicyVersion")] },
  {
    id: "rhino-02",
    name: "switch to an older version of an attached policy",
    needs: [self("iam:SetDefaultPolicyVersion")],
  },
  { id: "iam-002", name: "make an access key for another user", needs: [every("iam:CreateAccessKey")] },
  {
    id: "iam-003",
    name: "replace another user's access key",
    needs: [every("iam:CreateAccessKey"), any("iam:DeleteAccessKey")],
  },
  { id: "iam-004", name: "give another user a password", needs: [every("iam:CreateLoginProfile")] },
  { id: "iam-005", name: "write an inline policy into the own role", needs: [self("iam:PutRolePolicy")] },
  { id: "iam-006", name: "change another user's password", needs: [every("iam:UpdateLoginProfile")] },
  { id: "iam-007", name: "write an inline policy into a user", needs: [every("iam:PutUserPolicy")] },
  { id: "iam-008", name: "attach a policy to a user", needs: [every("iam:AttachUserPolicy")] },
  { id: "iam-009", name: "attach a policy to the own role", needs: [self("iam:AttachRolePolicy")] },
  { id: "iam-010", name: "attach a policy to a group", needs: [every("iam:AttachGroupPolicy")] },
  { id: "iam-011", name: "write an inline policy into a group", needs: [every("iam:PutGroupPolicy")] },
  { id: "iam-012", name: "let oneself into any role's trust", needs: [every("iam:UpdateAssumeRolePolicy")] },
  { id: "iam-013", name: "join any group", needs: [every("iam:AddUserToGroup")] },
  {
    id: "iam-014",
    name: "attach a policy to a role and assume it",
    needs: [same("iam:AttachRolePolicy"), same("sts:AssumeRole")],
  },
  {
    id: "iam-015",
    name: "attach a policy to a user and make a key for it",
    needs: [same("iam:AttachUserPolicy"), same("iam:CreateAccessKey")],
  },
  {
    id: "iam-016",
    name: "write a new version of a role's policy and assume the role",
    needs: [every("iam:CreatePolicyVersion"), any("sts:AssumeRole")],
  },
  {
    id: "iam-017",
    name: "write an inline policy into a role and assume it",
    needs: [same("iam:PutRolePolicy"), same("sts:AssumeRole")],
  },
  {
    id: "iam-018",
    name: "write an inline policy into a user and make a key for it",
    needs: [same("iam:PutUserPolicy"), same("iam:CreateAccessKey")],
  },
  {
    id: "iam-019",
    name: "attach a policy to a role and let oneself into its trust",
    needs: [same("iam:AttachRolePolicy"), same("iam:UpdateAssumeRolePolicy")],
  },
  {
    id: "iam-020",
    name: "write a new version of a role's policy and let oneself into its trust",
    needs: [every("iam:CreatePolicyVersion"), any("iam:UpdateAssumeRolePolicy")],
  },
  {
    id: "iam-021",
    name: "write an inline policy into a role and let oneself into its trust",
    needs: [same("iam:PutRolePolicy"), same("iam:UpdateAssumeRolePolicy")],
  },
];
