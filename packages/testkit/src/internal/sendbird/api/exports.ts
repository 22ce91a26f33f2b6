// The exports of an application: registrations, their progress, and the zips.
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { digest } from "../../http/digests.ts"
import { random } from "../../random/random.ts"
import { zip } from "../../zipWriter.ts"
import type { App, Selection, SelectedFile } from "../generator/app.ts"

export interface Archive {
  readonly path: string
  readonly size: number
  readonly etag: string
}

/** Mutable: copy it to keep it. */
export interface Export {
  /** Counted from 0 in the order of registration. */
  readonly number: number
  readonly requestId: string
  readonly selection: Selection
  readonly createdAt: number
  /** Sendbird's statuses, and `lost` for an export that the API no longer knows. */
  readonly status: "scheduled" | "exporting" | "done" | "no data" | "failed" | "lost"
  readonly archive?: Archive
  /** When the file is deleted. */
  readonly expiresAt?: number
}

/** How an export ends. */
export type Fate = "done" | "failed" | "lost"

export interface Exports {
  readonly register: (selection: Selection, fate: Fate) => Export
  /** Requests the status of an export, which advances it; `undefined` if it does not exist or is lost. */
  readonly poll: (
    dataType: string,
    requestId: string
  ) => Effect.Effect<Export | undefined, PlatformError.PlatformError>
  readonly all: () => ReadonlyArray<Export>
  readonly get: (requestId: string) => Export | undefined
  /** Each registration while an equal export was usable. */
  readonly doubles: () => ReadonlyArray<Export>
}

/** Equal for requests for the same data. */
export const keyOf = (selection: Selection): string =>
  JSON.stringify(
    Object.entries(selection)
      .map(([name, value]) => [name, typeof value === "object" ? value.toSorted() : value] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
  )

export const exports = Effect.fnUntraced(function* (options: {
  readonly app: App
  readonly seed: number
  readonly now: () => number
  /** Status requests until an export is done. */
  readonly polls: number
  readonly fileMillis: number
}): Effect.fn.Return<Exports, PlatformError.PlatformError, FileSystem.FileSystem | Path.Path | Scope.Scope> {
  const { app, now, polls, seed } = options
  const make = yield* archives(app)
  const inTurn = yield* Semaphore.make(1)
  const all: Array<State> = []
  const byId = new Map<string, State>()
  const equals = new Map<string, Array<State>>()
  const doubles: Array<State> = []

  const finish = (state: State): Effect.Effect<void, PlatformError.PlatformError> => {
    if (state.fate !== "done")
      return Effect.sync(() => {
        state.status = state.fate === "lost" ? "lost" : "failed"
      })
    return Effect.map(make(state.selection), (archive) => {
      state.expiresAt = now() + options.fileMillis
      state.status = archive === undefined ? "no data" : "done"
      if (archive !== undefined) state.archive = archive
    })
  }

  const advance = (state: State): Effect.Effect<void, PlatformError.PlatformError> =>
    Effect.suspend(() => {
      if (state.status !== "scheduled" && state.status !== "exporting") return Effect.void
      state.polls++
      if (state.polls >= polls) return finish(state)
      if (state.polls * 2 >= polls) state.status = "exporting"
      return Effect.void
    })

  return {
    register: (selection, fate) => {
      const number = all.length
      const requestId = random(seed, REQUEST, number).hex(15)
      const state: State = {
        number,
        requestId,
        selection,
        createdAt: now(),
        fate,
        polls: 0,
        status: "scheduled"
      }
      const key = keyOf(selection)
      const before = equals.get(key) ?? []
      if (before.some((earlier) => isOfUse(earlier, now()))) doubles.push(state)
      equals.set(key, [...before, state])
      all.push(state)
      byId.set(requestId, state)
      return state
    },
    poll: (dataType, requestId) =>
      Effect.suspend(() => {
        const state = byId.get(requestId)
        if (state === undefined || state.selection.dataType !== dataType) return Effect.undefined
        return inTurn
          .withPermits(1)(advance(state))
          .pipe(Effect.map(() => (state.status === "lost" ? undefined : state)))
      }),
    all: () => all,
    get: (requestId) => byId.get(requestId),
    doubles: () => doubles
  }
})

// internal

const REQUEST = 72

type State = { -readonly [K in keyof Export]: Export[K] } & { readonly fate: Fate; polls: number }

const isOfUse = (state: State, now: number) =>
  state.status !== "failed" &&
  state.status !== "lost" &&
  (state.expiresAt === undefined || now < state.expiresAt)

// Writes the zip of a selection once; equal requests share it.
const archives = Effect.fnUntraced(function* (app: App) {
  const fs = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const directory = yield* fs.makeTempDirectoryScoped({ prefix: "chatferry-sendbird-" })
  const made = new Map<string, Archive | undefined>()

  const write = (path: string, files: Iterable<SelectedFile>) => {
    const hash = digest()
    let size = 0
    return Stream.fromAsyncIterable(zip(files), (cause) => cause).pipe(
      Stream.orDie,
      Stream.tap((chunk) =>
        Effect.sync(() => {
          hash.update(chunk)
          size += chunk.length
        })
      ),
      Stream.run(fs.sink(path)),
      Effect.map((): Archive => ({ path, size, etag: `"${hash.hex()}"` }))
    )
  }

  return (selection: Selection): Effect.Effect<Archive | undefined, PlatformError.PlatformError> =>
    Effect.suspend(() => {
      const key = keyOf(selection)
      if (made.has(key)) return Effect.succeed(made.get(key))
      const files = app.exportFiles(selection)
      const path = paths.join(directory, `${made.size}.zip`)
      return Effect.map(isEmpty(files) ? Effect.undefined : write(path, files), (archive) => {
        made.set(key, archive)
        return archive
      })
    })
})

const isEmpty = (files: Iterable<SelectedFile>) => files[Symbol.iterator]().next().done === true
