/** Methods that pass a role to something new that runs one's own code. Facts: Rhino Security Labs, pathfinding.cloud. */
import { any, every, type Method } from "./method";

function passing(id: string, passesTo: string, name: string, ...actions: string[]): Method {
  return { id, name, passesTo, needs: [every("iam:PassRole"), ...actions.map(any)] };
}

const ecs = "ecs-tasks.amazonaws.com";
const lambda = "lambda.amazonaws.com";
const glue = "glue.amazonaws.com";
const sagemaker = "sagemaker.amazonaws.com";
const codebuild = "codebuild.amazonaws.com";
const cloudformation = "cloudformation.amazonaws.com";
const ec2 = "ec2.amazonaws.com";
const codeInterpreter = ["CreateCodeInterpreter", "StartCodeInterpreterSession", "InvokeCodeInterpreter"];
const dataPipeline = ["CreatePipeline", "PutPipelineDefinition", "ActivatePipeline"];

export const passRoleMethods: readonly Method[] = [
  passing("apprunner-001", "tasks.apprunner.amazonaws.com", "new App Runner service", "apprunner:CreateService"),
  passing(
    "bedrock-001",
    "bedrock-agentcore.amazonaws.com",
    "new code interpreter",
    ...codeInterpreter.map((action) => `bedrock-agentcore:${action}`),
  ),
  passing("cloudformation-001", cloudformation, "new CloudFormation stack", "cloudformation:CreateStack"),
  passing(
    "cloudformation-003",
    cloudformation,
    "new stack set",
    "cloudformation:CreateStackSet",
    "cloudformation:CreateStackInstances",
  ),
  passing("cloudformation-004", cloudformation, "changed stack set", "cloudformation:UpdateStackSet"),
  passing("codebuild-001", codebuild, "new build project", "codebuild:CreateProject", "codebuild:StartBuild"),
  passing("codebuild-004", codebuild, "new batch build", "codebuild:CreateProject", "codebuild:StartBuildBatch"),
  passing("rhino-codestar", "codestar.amazonaws.com", "new CodeStar project", "codestar:CreateProject"),
  passing(
    "datapipeline-001",
    "datapipeline.amazonaws.com",
    "new data pipeline",
    ...dataPipeline.map((action) => `datapipeline:${action}`),
  ),
  passing("ec2-001", ec2, "new instance", "ec2:RunInstances"),
  passing("ec2-003", ec2, "new spot instance", "ec2:RequestSpotInstances"),
  passing(
    "ecs-001",
    ecs,
    "new cluster, task and service",
    "ecs:CreateCluster",
    "ecs:RegisterTaskDefinition",
    "ecs:CreateService",
  ),
  passing("ecs-002", ecs, "new cluster and task", "ecs:CreateCluster", "ecs:RegisterTaskDefinition", "ecs:RunTask"),
  passing("ecs-003", ecs, "new task as a service", "ecs:RegisterTaskDefinition", "ecs:CreateService"),
  passing("ecs-004", ecs, "new task, run", "ecs:RegisterTaskDefinition", "ecs:RunTask"),
  passing("ecs-005", ecs, "new task, started on an instance", "ecs:RegisterTaskDefinition", "ecs:StartTask"),
  passing("glue-001", glue, "new Glue endpoint", "glue:CreateDevEndpoint"),
  passing("glue-003", glue, "new Glue job, run", "glue:CreateJob", "glue:StartJobRun"),
  passing("glue-004", glue, "new Glue job, triggered", "glue:CreateJob", "glue:CreateTrigger"),
  passing("glue-005", glue, "changed Glue job, run", "glue:UpdateJob", "glue:StartJobRun"),
  passing("glue-006", glue, "changed Glue job, triggered", "glue:UpdateJob", "glue:CreateTrigger"),
  passing("lambda-001", lambda, "new function, invoked", "lambda:CreateFunction", "lambda:InvokeFunction"),
  passing("lambda-002", lambda, "new function, triggered", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"),
  passing("lambda-006", lambda, "new function, opened to others", "lambda:CreateFunction", "lambda:AddPermission"),
  passing("sagemaker-001", sagemaker, "new notebook", "sagemaker:CreateNotebookInstance"),
  passing("sagemaker-002", sagemaker, "new training job", "sagemaker:CreateTrainingJob"),
  passing("sagemaker-003", sagemaker, "new processing job", "sagemaker:CreateProcessingJob"),

  // What is there already, given another role: the same as new, wherever nothing new may be made.
  passing("codebuild-update", codebuild, "changed build project", "codebuild:UpdateProject", "codebuild:StartBuild"),
  passing("ecs-update", ecs, "new task in a service that runs", "ecs:RegisterTaskDefinition", "ecs:UpdateService"),
  passing(
    "lambda-update",
    lambda,
    "changed function",
    "lambda:UpdateFunctionConfiguration",
    "lambda:UpdateFunctionCode",
  ),
];
