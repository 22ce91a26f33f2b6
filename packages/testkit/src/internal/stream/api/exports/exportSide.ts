// The export part of the emulator: the app, its tasks, their files and the calls.
import type { Faults } from "../../../http/faults.ts"
import type { Answer, Request } from "../../../http/httpServer.ts"
import { type Given, over } from "../../../random/over.ts"
import { DAY } from "../../../random/time.ts"
import { type StreamApp, streamApp } from "../../generator/app.ts"
import type { StreamSettings } from "../../generator/plan.ts"
import { defaultLayout, type Layout } from "../../generator/selection.ts"
import type { Fault } from "../faults.ts"
import { type RateLimit, rateLimit } from "../rateLimit.ts"
import { type ExportApi, type ExportCall, exportApi } from "./exportApi.ts"
import { files as makeFiles, type Packing } from "./files.ts"
import { type Task, type Tasks, tasks as makeTasks } from "./tasks.ts"

/** The emulator's options; absent ones have their documented defaults. */
export interface ExportOptions {
  readonly data?: StreamSettings | undefined
  readonly layout?: Given<Layout> | undefined
  readonly packing?: Packing | undefined
  readonly taskLooks?: number | undefined
  readonly fileLinkMillis?: number | undefined
  readonly fileMillis?: number | undefined
  readonly mostChannels?: number | undefined
  readonly mostUserMessages?: number | undefined
  readonly longUsers?: "rejected" | "failed" | undefined
  readonly exportRateLimit?: Limit | undefined
}

export interface ExportSide {
  readonly app: StreamApp
  readonly tasks: Tasks
  readonly api: ExportApi
  readonly limits: ReadonlyMap<string, RateLimit>
  readonly answerFile: (request: Request) => Answer
  readonly downloads: () => number
}

export const exportSide = (
  options: ExportOptions,
  {
    faults,
    fileUrl,
    now,
    seed
  }: {
    readonly faults: Faults<Fault>
    readonly seed: number
    readonly now: () => number
    readonly fileUrl: () => string
  }
): ExportSide => {
  const app = streamApp(options.data)
  const packing = options.packing ?? "none"
  const tasks = makeTasks({
    app,
    layout: over(defaultLayout, options.layout),
    faults,
    seed,
    now,
    looks: options.taskLooks ?? 2,
    fileMillis: options.fileMillis ?? 60 * DAY,
    isPacked: packing !== "none"
  })
  const files = makeFiles({
    tasks,
    faults,
    seed,
    now,
    linkMillis: options.fileLinkMillis ?? DAY,
    packing,
    origin: fileUrl
  })
  const limits = Object.entries(limitsOf(options.exportRateLimit ?? { calls: 60, seconds: 60 }))
  let downloads = 0
  return {
    app,
    tasks,
    api: exportApi({
      app,
      tasks,
      files,
      limits: {
        mostChannels: options.mostChannels ?? 25,
        mostUserMessages: options.mostUserMessages ?? 10_000,
        longUsers: options.longUsers ?? "rejected"
      }
    }),
    limits: new Map(limits.map(([name, limit]) => [name, rateLimit(limit, now)])),
    answerFile: (request) => {
      downloads++
      return files.answer(request)
    },
    downloads: () => downloads
  }
}

/** Mutable: a copy keeps its state. */
export const shownTask = ({ createdAt, id, status, wanted }: Task) => ({
  taskId: id,
  wanted,
  createdAt,
  status
})

// internal

interface Limit {
  readonly calls: number
  readonly seconds: number
}

// Stream does not document the limits for tasks, members and messages.
const limitsOf = (limit: Limit): Readonly<Record<ExportCall, Limit>> => ({
  "POST /export_channels": limit,
  "POST /export/users": limit,
  "GET /users/{id}/export": limit,
  "POST /channels": { calls: 10_000, seconds: 60 },
  "GET /users": { calls: 1000, seconds: 60 },
  "GET /tasks/{id}": { calls: 1000, seconds: 60 },
  "GET /export_channels/{id}": { calls: 1000, seconds: 60 },
  "GET /members": { calls: 1000, seconds: 60 },
  "GET /messages/{id}": { calls: 1000, seconds: 60 },
  "GET /messages/{id}/reactions": { calls: 1000, seconds: 60 }
})
