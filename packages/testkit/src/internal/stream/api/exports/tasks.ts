// Exports and their progress: the request, the states of its task, and its file. Requesting the state of a task advances it.
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { digest } from "../../../http/digests.ts"
import type { Faults } from "../../../http/faults.ts"
import { random } from "../../../random/random.ts"
import { gzip } from "../../../zipWriter.ts"
import type { StreamApp } from "../../generator/app.ts"
import type { Layout, StreamSelection } from "../../generator/selection.ts"
import { befallTasks, type Fault } from "../faults.ts"

/** What an export selects. */
export type Wanted =
  | { readonly _tag: "channels"; readonly selection: StreamSelection }
  | { readonly _tag: "users"; readonly userIds: ReadonlyArray<string>; readonly problem?: string | undefined }

/** Not stored: it is measured once and generated again for each download, so that neither memory nor disk fills up. */
export interface ExportFile {
  readonly bytes: () => AsyncIterable<Uint8Array>
  readonly size: number
  readonly etag: string
}

/** Mutable: copy it to keep it. */
export interface Task {
  readonly id: string
  readonly wanted: Wanted
  readonly createdAt: number
  readonly updatedAt: number
  /** Stream's statuses, and `lost` for a task that the API no longer knows. */
  readonly status: "waiting" | "pending" | "running" | "completed" | "failed" | "lost"
  readonly file: ExportFile | undefined
  /** When the file is deleted. */
  readonly expiresAt: number | undefined
  /** Why it failed. */
  readonly problem: string | undefined
}

export interface Tasks {
  readonly create: (wanted: Wanted) => Task
  /** Requests the state of a task; `undefined` if it does not exist, is lost, or its file has been deleted. */
  readonly look: (id: string) => Effect.Effect<Task | undefined>
  readonly get: (id: string) => Task | undefined
  readonly all: () => ReadonlyArray<Task>
  /** Each export that was requested while an equal one was usable. */
  readonly doubles: () => ReadonlyArray<Task>
}

export const tasks = (options: {
  readonly app: StreamApp
  readonly layout: Layout
  readonly faults: Faults<Fault>
  readonly seed: number
  readonly now: () => number
  /** State requests until a task is completed. */
  readonly looks: number
  readonly fileMillis: number
  readonly isPacked: boolean
}): Tasks => {
  const { faults, now, seed } = options
  const make = files(options)
  const inTurn = Semaphore.makeUnsafe(1)
  const all: Array<Running> = []
  const byId = new Map<string, Running>()
  const equals = new Map<string, Array<Running>>()
  const doubles: Array<Task> = []

  const finish = (running: Running): Effect.Effect<void> => {
    const { fate, wanted } = running
    const problem = wanted._tag === "users" ? wanted.problem : undefined
    if (fate === "lostTask" || fate === "failedTask" || problem !== undefined) {
      return Effect.sync(() => {
        running.status = fate === "lostTask" ? "lost" : "failed"
        running.problem = problem ?? "the export was stopped"
      })
    }
    return Effect.map(make(wanted), (file) => {
      running.file = file
      running.expiresAt = now() + options.fileMillis
      running.status = "completed"
    })
  }

  const advance = (running: Running): Effect.Effect<void> =>
    Effect.suspend(() => {
      const { status } = running
      if (status === "completed" || status === "failed" || status === "lost") return Effect.void
      running.looks++
      running.updatedAt = now()
      if (running.looks >= options.looks) return finish(running)
      running.status = STATES[Math.floor((STATES.length * running.looks) / options.looks)] ?? "running"
      return Effect.void
    })

  const isOfUse = ({ expiresAt, status }: Running) =>
    status !== "failed" && status !== "lost" && (expiresAt === undefined || now() < expiresAt)

  return {
    create: (wanted) => {
      const key = keyOf(wanted)
      const running: Running = {
        id: idOf(seed, all.length),
        wanted,
        createdAt: now(),
        updatedAt: now(),
        status: "waiting",
        file: undefined,
        expiresAt: undefined,
        problem: undefined,
        looks: 0,
        fate: faults.of(`fate ${key}`, befallTasks)
      }
      const before = equals.get(key) ?? []
      if (before.some(isOfUse)) doubles.push(running)
      equals.set(key, [...before, running])
      all.push(running)
      byId.set(running.id, running)
      return running
    },
    look: (id) =>
      Effect.suspend(() => {
        const running = byId.get(id)
        if (running === undefined) return Effect.undefined
        const isThere = () =>
          running.status !== "lost" && (running.expiresAt === undefined || now() < running.expiresAt)
        return inTurn
          .withPermits(1)(advance(running))
          .pipe(Effect.map(() => (isThere() ? running : undefined)))
      }),
    get: (id) => byId.get(id),
    all: () => all,
    doubles: () => doubles
  }
}

// internal

const ID = 83
const STATES = ["waiting", "pending", "running"] as const

type Running = { -readonly [K in keyof Task]: Task[K] } & {
  looks: number
  readonly fate: Fault | undefined
}

/** Equal for exports of the same data, in any order. */
const keyOf = (wanted: Wanted): string => {
  if (wanted._tag === "users") return JSON.stringify(["users", wanted.userIds.toSorted()])
  const { channels, ...rest } = wanted.selection
  const sorted = channels
    .map(({ cid, since, until }) => JSON.stringify([cid, since ?? null, until ?? null]))
    .toSorted()
  return JSON.stringify([sorted, ...Object.entries(rest).toSorted(([a], [b]) => (a < b ? -1 : 1))])
}

const idOf = (seed: number, number: number): string => {
  const hex = random(seed, ID, number).hex(32)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}

// Equal exports share their file.
const files = (options: { readonly app: StreamApp; readonly layout: Layout; readonly isPacked: boolean }) => {
  const { app, isPacked, layout } = options
  const made = new Map<string, ExportFile>()

  const content = (wanted: Wanted) =>
    wanted._tag === "channels"
      ? app.exportChannels(wanted.selection, layout)
      : app.exportUsers(
          wanted.userIds.flatMap((id) => app.userOf(id) ?? []),
          layout
        )

  return (wanted: Wanted): Effect.Effect<ExportFile> =>
    Effect.suspend(() => {
      const key = JSON.stringify(wanted)
      const found = made.get(key)
      if (found !== undefined) return Effect.succeed(found)
      const bytes = () => (isPacked ? gzip(content(wanted)) : unpacked(content(wanted)))
      const hash = digest()
      let size = 0
      return Stream.fromAsyncIterable(bytes(), (cause) => cause).pipe(
        Stream.orDie,
        Stream.runForEach((chunk) =>
          Effect.sync(() => {
            hash.update(chunk)
            size += chunk.length
          })
        ),
        Effect.map(() => {
          const file = { bytes, size, etag: `"${hash.hex()}"` }
          made.set(key, file)
          return file
        })
      )
    })
}

// Other requests are answered in between.
async function* unpacked(bytes: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* bytes
}
