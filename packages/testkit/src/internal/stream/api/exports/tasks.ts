// Exports and how far each is: what was asked, the states of its task, and its file. A look at one makes it go on.
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

/** What one export asks for. */
export type Wanted =
  | { readonly _tag: "channels"; readonly selection: StreamSelection }
  | { readonly _tag: "users"; readonly userIds: ReadonlyArray<string>; readonly problem?: string | undefined }

/** Kept nowhere: it is measured once and made again for each download, so that neither memory nor disk fills. */
export interface ExportFile {
  readonly bytes: () => AsyncIterable<Uint8Array>
  readonly size: number
  readonly etag: string
}

/** It goes on: what is to be kept is to be copied. */
export interface Task {
  readonly id: string
  readonly wanted: Wanted
  readonly createdAt: number
  readonly updatedAt: number
  /** Stream's words, and `lost` for one that the API no longer knows. */
  readonly status: "waiting" | "pending" | "running" | "completed" | "failed" | "lost"
  readonly file: ExportFile | undefined
  /** When the file goes away. */
  readonly expiresAt: number | undefined
  /** Why it failed. */
  readonly problem: string | undefined
}

export interface Tasks {
  readonly create: (wanted: Wanted) => Task
  /** Looks at a task; nothing if there is none, it is lost or its file is gone. */
  readonly look: (id: string) => Effect.Effect<Task | undefined>
  readonly get: (id: string) => Task | undefined
  readonly all: () => ReadonlyArray<Task>
  /** Each that was made while an equal one was of use. */
  readonly doubles: () => ReadonlyArray<Task>
}

export const tasks = (options: {
  readonly app: StreamApp
  readonly layout: Layout
  readonly faults: Faults<Fault>
  readonly seed: number
  readonly now: () => number
  /** Looks until a task is completed. */
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

  const goOn = (running: Running): Effect.Effect<void> =>
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
          .withPermits(1)(goOn(running))
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

/** The same for exports that ask for the same, in whatever order. */
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

// Exports that ask for the same share their file.
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
