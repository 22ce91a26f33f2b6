// Errors that stop a run at a batch.
import { SourceError } from "@chatferry/core"
import { type Job, nameOf } from "./order.ts"

export const missing = (job: Job, { code, operation, status }: SourceError.RequestRejected) => {
  const [what, setting] = job.order.kind === "users" ? ["user", "users"] : ["channel", "channels"]
  const deleted = what === "channel" ? ", and includeSoftDeletedChannels if it was deleted" : ""
  return new SourceError.RequestRejected({
    operation,
    status,
    code,
    problem: `the app does not have this ${what}`,
    hint: `Check apiKey${deleted}, or take the ${what} out of ${setting}.`
  })
}

export const answerLost = (job: Job) =>
  new SourceError.RequestFailed({
    operation: `asking for the export of ${nameOf(job)}`,
    attempts: 1,
    problem:
      "Stream's response was lost, and Stream has no list of tasks, so it is unknown whether it makes this export",
    hint: `If you find the task, in the webhook export.${job.order.kind}.success or with Stream's support, set taskIds to { "${job.location}": "its id" }. Otherwise set lostAnswers to "ask again". Then run again.`
  })

export const unknownTask = (job: Job) =>
  new SourceError.InvalidConfig({
    setting: `taskIds["${job.location}"]`,
    problem: "is a task that Stream does not know or no longer knows: it keeps exports for 60 days"
  })

export const failed = (job: Job, operation: string, problem: string) =>
  new SourceError.RequestFailed({
    operation,
    attempts: job.failures,
    problem: `Stream reports that it failed${problem === "" ? "" : ` (${problem})`}`,
    hint:
      job.order.kind === "users"
        ? "Run again, ask Stream's support about this user, or leave the user out with excludeUserIds."
        : "Run again, ask Stream's support about this channel, or give channels without it."
  })

export const overLimit = (job: Job) =>
  new SourceError.RequestFailed({
    operation: `the export of ${nameOf(job)}`,
    attempts: 1,
    problem: "this user has more than 10,000 messages or reactions, and Stream does not export such users",
    hint: 'Set usersOverLimit to "leave out" and run again: the messages of this user are in the exports of channels. Or ask Stream\'s support for an export of this user.'
  })
