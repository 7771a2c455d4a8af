// Deploys a package in every way that AWS's SDK for JavaScript has, and prints what came of it as JSON.
import { readFile } from "node:fs/promises";
import {
  CreateFunctionCommand,
  GetFunctionCommand,
  LambdaClient,
  LambdaServiceException,
  PreconditionFailedException,
  ResourceNotFoundException,
  UpdateFunctionCodeCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";

const [first, second] = await Promise.all(process.argv.slice(2).map((path) => readFile(path)));
const [lambda, s3] = [new LambdaClient(), new S3Client()];
const FunctionName = "app";
const waiting = [{ client: lambda, maxWaitTime: 60, minDelay: 1 }, { FunctionName }];

const update = (parameters) => lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ...parameters }));

async function refusal(sent) {
  try {
    await sent;
    return null;
  } catch (error) {
    const { name, message, $fault, $metadata } = error;
    const kinds = { LambdaServiceException, PreconditionFailedException, ResourceNotFoundException };
    const is = Object.keys(kinds).filter((kind) => error instanceof kinds[kind]);
    return { name, message, fault: $fault, status: $metadata.httpStatusCode, attempts: $metadata.attempts, is };
  }
}

const told = {};
told.missing = await refusal(update({ ZipFile: first }));
const created = await lambda.send(
  new CreateFunctionCommand({
    FunctionName,
    Runtime: "nodejs22.x",
    Role: "arn:aws:iam::123456789012:role/app",
    Handler: "app.handler",
    Code: { ZipFile: new Uint8Array(first) },
  }),
);
told.created = [created.State, created.CodeSha256];
told.active = (await waitUntilFunctionActiveV2(...waiting)).state;
told.dry = (await update({ ZipFile: second, DryRun: true })).CodeSha256;
told.unchanged = (await lambda.send(new GetFunctionCommand({ FunctionName }))).Configuration.CodeSha256;
const published = await update({ ZipFile: second, Publish: true });
told.published = [published.Version, published.CodeSha256];
told.updated = (await waitUntilFunctionUpdatedV2(...waiting)).state;
told.old = await refusal(update({ ZipFile: first, RevisionId: created.RevisionId }));

await s3.send(new CreateBucketCommand({ Bucket: "code" }));
await s3.send(new PutObjectCommand({ Bucket: "code", Key: "a key/of parts+.zip", Body: first }));
told.gone = await refusal(update({ S3Bucket: "code", S3Key: "gone.zip" }));
told.from_s3 = (await update({ S3Bucket: "code", S3Key: "a key/of parts+.zip" })).CodeSha256;
await waitUntilFunctionUpdatedV2(...waiting);
const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName }));
told.downloaded = Buffer.from(await (await fetch(Code.Location)).arrayBuffer()).toString("base64");
console.log(JSON.stringify(told));
