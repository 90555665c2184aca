/** Methods that run one's own code on what has a role already. Facts: Rhino Security Labs, pathfinding.cloud. */
import { any, every, type Method } from "./method";

const instance = /:(instance|managed-instance)\//;

export const takeOverMethods: readonly Method[] = [
  { id: "apprunner-002", name: "change an App Runner service", needs: [every("apprunner:UpdateService")] },
  {
    id: "bedrock-002",
    name: "run code in a code interpreter",
    needs: [every("bedrock-agentcore:StartCodeInterpreterSession"), any("bedrock-agentcore:InvokeCodeInterpreter")],
  },
  { id: "cloudformation-002", name: "change any CloudFormation stack", needs: [every("cloudformation:UpdateStack")] },
  {
    id: "cloudformation-005",
    name: "change any CloudFormation stack by a change set",
    needs: [every("cloudformation:CreateChangeSet"), any("cloudformation:ExecuteChangeSet")],
  },
  { id: "codebuild-002", name: "start any build with one's own commands", needs: [every("codebuild:StartBuild")] },
  {
    id: "codebuild-003",
    name: "start any batch build with one's own commands",
    needs: [every("codebuild:StartBuildBatch")],
  },
  {
    id: "ec2-002",
    name: "change the start script of any instance",
    needs: [every("ec2:ModifyInstanceAttribute", instance), any("ec2:StopInstances"), any("ec2:StartInstances")],
  },
  {
    id: "ec2-004",
    name: "change any launch template",
    needs: [every("ec2:CreateLaunchTemplateVersion"), any("ec2:ModifyLaunchTemplate")],
  },
  {
    id: "ec2instanceconnect-003",
    name: "log in to any instance by one's own key",
    needs: [every("ec2-instance-connect:SendSSHPublicKey"), any("ec2:DescribeInstances")],
  },
  { id: "glue-002", name: "log in to any Glue endpoint", needs: [every("glue:UpdateDevEndpoint")] },
  { id: "lambda-003", name: "replace any function's code", needs: [every("lambda:UpdateFunctionCode")] },
  {
    id: "lambda-004",
    name: "replace any function's code and invoke it",
    needs: [every("lambda:UpdateFunctionCode"), any("lambda:InvokeFunction")],
  },
  {
    id: "lambda-005",
    name: "replace any function's code and open it to others",
    needs: [every("lambda:UpdateFunctionCode"), any("lambda:AddPermission")],
  },
  { id: "rhino-layer", name: "put a layer into any function", needs: [every("lambda:UpdateFunctionConfiguration")] },
  { id: "sagemaker-004", name: "open any notebook", needs: [every("sagemaker:CreatePresignedNotebookInstanceUrl")] },
  {
    id: "sagemaker-005",
    name: "change any notebook's start script",
    needs: [
      any("sagemaker:CreateNotebookInstanceLifecycleConfig"),
      any("sagemaker:StopNotebookInstance"),
      every("sagemaker:UpdateNotebookInstance"),
      any("sagemaker:StartNotebookInstance"),
    ],
  },
  { id: "ssm-001", name: "open a shell on any instance", needs: [every("ssm:StartSession", instance)] },
  { id: "ssm-002", name: "run commands on any instance", needs: [every("ssm:SendCommand", instance)] },
];
