// Exports made by the API as partitions of a source.
import { Archives, Sha256, type Source, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Queue from "effect/Queue"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { ofPart } from "../fingerprint.ts"
import { readArchive } from "../readArchive.ts"
import { atPlace, type Batch, cut, placeOf } from "./batch.ts"
import { type Ready, ready } from "./exporter.ts"
import { digestOf, FOLDER } from "./journal.ts"
import * as Roster from "./roster.ts"
import { type ApiSettings, channelItem, userItem } from "./settings.ts"
import type { Exporter } from "./work.ts"

type Reason = SourceError.SourceErrorReason
type Services = HttpClient.HttpClient | FileSystem.FileSystem | Path.Path

/** What is asked for and how. What is left out of users is the matter of their batches. */
export const fingerprint = ({ client, lists, messages, options }: ApiSettings): string =>
  `stream-api:${Sha256.hex([JSON.stringify([client.apiKey, lists, messages, options])])}`

/** All batches, after listing what has to be listed. */
export const batches = ({
  client,
  directory,
  settings
}: Exporter): Effect.Effect<ReadonlyArray<Batch>, Reason, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const { apiKey, baseUrl } = settings.client
    const of = Sha256.hex([JSON.stringify([baseUrl, apiKey])]).slice(0, 12)
    const cuts = yield* Effect.forEach(settings.lists, ({ items, kind, size }) =>
      Effect.gen(function* () {
        if (items !== undefined) return cut(kind, items, size, excludedOf(kind, settings))
        const file = path.join(directory, FOLDER, `all-${kind}-${of}.ndjson`)
        const ids = yield* Roster.all(client, kind, file)
        const found = ids.map((id) => (kind === "users" ? userItem(id) : channelItem(id, settings.messages)))
        return cut(kind, found, size, excludedOf(kind, settings))
      })
    )
    const all = cuts.flat()
    for (const place of settings.taskIds.keys()) {
      if (!all.some((batch) => holds(batch, place))) {
        return yield* new SourceError.InvalidConfig({
          setting: `taskIds["${place}"]`,
          problem: "is no export of this run"
        })
      }
    }
    return all
  })

export const partitionOf = (batch: Batch, { client, options }: ApiSettings): Source.Partition => ({
  id: placeOf(batch),
  fingerprint: digestOf(client.apiKey, batch, options)
})

/** Has a batch exported, unless an earlier run has, and reads it. Exports that come next are asked for meanwhile. */
export const read = (
  exporter: Exporter,
  all: ReadonlyArray<Batch>,
  id: string,
  position: Option.Option<Source.Position>
): Stream.Stream<Source.Batch, Reason, Services> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const index = all.findIndex((batch) => placeOf(batch) === id)
      const at = Option.isSome(position) ? yield* decoded(position.value, id) : start
      const current = all[index]
      if (current === undefined) {
        return yield* new SourceError.InvalidPosition({ partition: id, problem: "there is no such batch" })
      }
      yield* prepareNext(exporter, all.slice(index + 1, index + exporter.settings.exportsInFlight))
      let exports: ReadonlyArray<Ready> = []
      const waits = Stream.callback<Source.Batch, Reason, Services>((queue) =>
        Effect.gen(function* () {
          exports = yield* ready(exporter, current, (place) =>
            Effect.asVoid(Queue.offer(queue, waiting(at, place)))
          )
          yield* Queue.end(queue)
        })
      )
      const reads = Stream.suspend(() => readAll(exporter, id, exports, at))
      return Stream.concat(Stream.rechunk(waits, 1), reads)
    })
  )

// internal

/** Whether a place is that of a batch, or of a part of one. */
const holds = ({ first, kind, last }: Batch, place: string): boolean => {
  const part = atPlace(place)
  return part !== undefined && part.kind === kind && part.first >= first && part.last <= last
}

const excludedOf = (kind: Batch["kind"], { excluded }: ApiSettings): ReadonlySet<string> =>
  kind === "users" ? excluded : new Set()

/** Where reading of a batch stands: at which of its exports, and where in that one. */
const At = Schema.Struct({
  export: Schema.Int,
  /** Empty before the first records of an export. */
  taskId: Schema.String,
  /** Which of the things that it is to hold have come, by their places among them. */
  seen: Schema.Array(Schema.Int),
  read: Schema.NullOr(Schema.Json)
})
type At = typeof At.Type

const start: At = { export: 0, taskId: "", seen: [], read: null }

const decodeAt = Schema.decodeUnknownOption(At)

const decoded = (position: Source.Position, partition: string) =>
  Effect.mapError(
    Effect.fromOption(Option.filter(decodeAt(position), (at) => at.export >= 0)),
    () => new SourceError.InvalidPosition({ partition, problem: "it was not written by this source" })
  )

/** Tells people that a run is alive while Stream works. */
const waiting = (at: At, place: string): Source.Batch => ({
  records: [],
  rejected: [],
  position: { ...at },
  bytes: 0,
  place
})

// What goes wrong with one of them comes up when it is its turn.
const prepareNext = (
  exporter: Exporter,
  next: ReadonlyArray<Batch>
): Effect.Effect<void, never, Services | Scope.Scope> =>
  Effect.forEach(next, (batch) => Effect.forkScoped(Effect.exit(ready(exporter, batch, () => Effect.void))), {
    discard: true
  })

const readAll = (
  exporter: Exporter,
  partition: string,
  exports: ReadonlyArray<Ready>,
  at: At
): Stream.Stream<Source.Batch, Reason, Services> => {
  if (at.export > exports.length || (at.taskId !== "" && exports[at.export]?.taskId !== at.taskId)) {
    const problem = "its export had to be made again and may hold other records now"
    return Stream.fail(new SourceError.InvalidPosition({ partition, problem }))
  }
  return Stream.fromIterable(exports.slice(at.export)).pipe(
    Stream.rechunk(1),
    Stream.zipWithIndex,
    Stream.flatMap(([one, offset]) => {
      const index = at.export + offset
      if (one.file === undefined) return Stream.succeed(closing(one, index, 0))
      const position = offset === 0 && at.read !== null ? Option.some(at.read) : Option.none()
      const seen = new Set(offset === 0 ? at.seen : [])
      return Stream.unwrap(
        Effect.as(checked(exporter, one, one.file), readFile(exporter, one, one.file, index, position, seen))
      ).pipe(Stream.concat(Stream.sync(() => closing(one, index, one.wanted.length - seen.size))))
    })
  )
}

/** After the records of an export comes what happened to it as a whole. */
const closing = ({ kind, notes, place }: Ready, index: number, absent: number): Source.Batch => ({
  records: [],
  rejected: [],
  notes: {
    ...notes,
    ...(absent === 0 ? {} : { [kind === "users" ? "user_not_in_export" : "channel_not_in_export"]: absent })
  },
  position: { ...start, export: index + 1 },
  bytes: 0,
  place: `${place}: done`
})

/** A task that the settings name may be that of another export: nothing is taken from it before all is found that was asked for. */
const checked = (exporter: Exporter, one: Ready, file: string): Effect.Effect<void, Reason, Services> =>
  Effect.gen(function* () {
    const { disown, kind, place, wanted } = one
    if (disown === undefined) return
    const seen = new Set<number>()
    yield* Stream.runDrain(readFile(exporter, one, file, 0, Option.none(), seen))
    if (seen.size === wanted.length) return
    yield* disown
    return yield* new SourceError.InvalidConfig({
      setting: `taskIds["${place}"]`,
      problem: `is the task of another export: ${wanted.length - seen.size} of ${wanted.length} ${kind} are not in it`
    })
  })

const readFile = (
  { limits }: Exporter,
  { bytes, kind, taskId, wanted }: Ready,
  file: string,
  index: number,
  position: Option.Option<Source.Position>,
  seen: Set<number>
): Stream.Stream<Source.Batch, Reason, Services> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const path = yield* Path.Path
      const name = path.basename(file)
      const content = { _tag: "files", files: [{ name, path: file, size: bytes }] } as const
      const printed = yield* ofPart({ id: "export", bytes, content }, limits)
      const files = printed.content._tag === "files" ? printed.content.files : []
      const archive = yield* Archives.fromFiles(path.basename(path.dirname(file)), files)
      const tag = kind === "users" ? "user" : "channel"
      const places = new Map(wanted.map((name, i) => [name, i]))
      return Stream.map(readArchive(archive, bytes, position, limits), (batch) => {
        for (const record of batch.records) {
          const i = record._tag === tag ? places.get(record.id) : undefined
          if (i !== undefined) seen.add(i)
        }
        const sorted = Array.from(seen).toSorted((a, b) => a - b)
        return { ...batch, position: { export: index, taskId, seen: sorted, read: batch.position } }
      })
    })
  )
