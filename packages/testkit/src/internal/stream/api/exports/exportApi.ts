// The calls of the export API, and of the lists that its users need to find the data.
import * as Effect from "effect/Effect"
import { json } from "../../../http/answers.ts"
import type { Answer } from "../../../http/httpServer.ts"
import type { StreamApp } from "../../generator/app.ts"
import { plain, second } from "../../generator/shape.ts"
import { errorResponse, rejected } from "../answers.ts"
import { type Fields, isFields } from "../items.ts"
import type { Files } from "./files.ts"
import { lists as makeLists } from "./lists.ts"
import { messages as makeMessages } from "./messages.ts"
import { type ExportLimits, tooMuch, wantedChannels, wantedUsers } from "./requests.ts"
import type { Task, Tasks, Wanted } from "./tasks.ts"

export const exportCalls = [
  "POST /export_channels",
  "GET /export_channels/{id}",
  "GET /tasks/{id}",
  "POST /export/users",
  "GET /users/{id}/export",
  "POST /channels",
  "GET /users",
  "GET /members",
  "GET /messages/{id}",
  "GET /messages/{id}/reactions"
] as const

export type ExportCall = (typeof exportCalls)[number]

export interface ExportApi {
  readonly answer: (
    name: ExportCall,
    call: { readonly id: string; readonly query: URLSearchParams; readonly isV2: boolean },
    body: string
  ) => Effect.Effect<Answer>
}

export const exportApi = (options: {
  readonly app: StreamApp
  readonly tasks: Tasks
  readonly files: Files
  readonly limits: ExportLimits
}): ExportApi => {
  const { app, files, limits, tasks } = options
  const lists = makeLists(app)
  const messages = makeMessages(app)

  const created = (wanted: Wanted | ReturnType<typeof errorResponse>): Answer =>
    "code" in wanted ? rejected(wanted) : json(201, { task_id: tasks.create(wanted).id, duration: "10.00ms" })

  const looked = (id: string, isV2: boolean, of?: Wanted["_tag"]) => {
    const unknown = rejected(errorResponse(16, `Can't find task with id "${id}"`))
    const known = tasks.get(id)
    if (known === undefined || (of !== undefined && known.wanted._tag !== of)) return Effect.succeed(unknown)
    return Effect.map(tasks.look(id), (task) =>
      task === undefined ? unknown : json(200, shown(task, files, isV2))
    )
  }

  const oneUser = (id: string, isV2: boolean): Answer => {
    const user = app.userOf(id)
    if (user === undefined)
      return rejected(errorResponse(16, `ExportUser failed with error: "Can't find user with id ${id}"`))
    const problem = tooMuch(id, app, limits)
    if (problem !== undefined) return rejected(errorResponse(4, `ExportUser failed with error: "${problem}"`))
    return json(200, { ...app.userDocument(user, isV2 ? second : plain), duration: "10.00ms" })
  }

  return {
    answer: (name, { id, isV2, query }, body) =>
      Effect.suspend(() => {
        switch (name) {
          case "POST /export_channels":
            return Effect.succeed(created(wantedChannels(parsed(body), app, limits)))
          case "POST /export/users":
            return Effect.succeed(created(wantedUsers(parsed(body), app, limits)))
          case "GET /export_channels/{id}":
            return looked(id, isV2, "channels")
          case "GET /tasks/{id}":
            return looked(id, isV2)
          case "GET /users/{id}/export":
            return Effect.succeed(oneUser(id, isV2))
          case "POST /channels":
            return Effect.succeed(lists.channels(parsed(body), isV2))
          case "GET /users":
            return Effect.succeed(lists.users(parsed(query.get("payload") ?? "{}"), isV2))
          case "GET /members":
            return Effect.succeed(lists.members(parsed(query.get("payload") ?? "{}"), isV2))
          case "GET /messages/{id}":
            return Effect.succeed(messages.message(id, query, isV2))
          case "GET /messages/{id}/reactions":
            return Effect.succeed(messages.reactions(id, query, isV2))
        }
      })
  }
}

// internal

const shown = (task: Task, files: Files, isV2: boolean) => {
  const time = (millis: number) => (isV2 ? millis * 1e6 : new Date(millis).toISOString())
  return {
    task_id: task.id,
    status: task.status,
    created_at: time(task.createdAt),
    updated_at: time(task.updatedAt),
    result:
      task.status === "completed"
        ? { url: files.link(task), path: files.keyOf(task), s3_bucket_name: "stream-chat-exports" }
        : null,
    error:
      task.status === "failed"
        ? { type: "export_failed", description: task.problem, version: "1", stacktrace: "" }
        : null,
    duration: "10.00ms"
  }
}

const parsed = (body: string): Fields => {
  try {
    const value: unknown = JSON.parse(body)
    return isFields(value) ? value : {}
  } catch {
    return {}
  }
}
