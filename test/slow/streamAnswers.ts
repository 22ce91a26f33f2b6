/** What a user does when a run does not know whether Stream has received a request. */
import type { StreamEmulator } from "@chatferry/testkit/stream"
import { Effect, FileSystem } from "effect"

/**
 * The environment in which `streamMigrate.program.ts` can resume, as determined by a
 * user who gets Stream's webhooks: there is a task that the run does not
 * know, or there is none. `undefined` if nothing was requested.
 */
export const answerTo = (printed: string, app: StreamEmulator.Emulator, exportFolder: string) =>
  Effect.gen(function* () {
    const [, location] = /taskIds to \{ "(.+?)"/u.exec(printed) ?? []
    if (location === undefined) return undefined
    const known = yield* tasksIn(`${exportFolder}/.chatferry`)
    const unknown = app.exports().filter(({ taskId }) => !known.has(taskId))
    if (unknown.length > 1) throw new Error(`${unknown.length} tasks are not known: one is under way at most`)
    const [task] = unknown
    const env: Record<string, string> =
      task === undefined
        ? { LOST_ANSWERS: "ask again" }
        : { TASK_IDS: JSON.stringify({ [location]: task.taskId }) }
    return { isMade: task !== undefined, env }
  })

/** Ids of the tasks that a run knows. */
const tasksIn = (folder: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const journals = (yield* fs.readDirectory(folder)).filter((name) => name.endsWith(".json"))
    const texts = yield* Effect.forEach(journals, (name) => fs.readFileString(`${folder}/${name}`))
    return new Set(texts.join().match(/[0-9a-f]{8}-[0-9a-f-]{27}/gu))
  })
