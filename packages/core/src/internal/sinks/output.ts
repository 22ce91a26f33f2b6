// The input of a sink's `publish`: the pieces that its writers have made.
import type * as Services from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as DurableFile from "../../files/DurableFile.ts"
import * as Publication from "../../files/Publication.ts"
import type * as Ledger from "../../Ledger.ts"
import type * as Phase from "../../run/Phase.ts"
import { SinkError, WriteFailed } from "../../SinkError.ts"
import * as Sha256 from "../files/sha256.ts"
import { GONE, OTHER_CONTENT, problemOf } from "../files/stagedFile.ts"
import * as PublishedManifest from "../output/manifest.ts"
import type { Context } from "./contract.ts"
import * as Fault from "./fault.ts"
import * as Keys from "./keys.ts"
import type { Completion } from "./model.ts"
import { damaged, type Files } from "./scratch.ts"

interface Made {
  readonly member: Phase.Member<unknown>
  readonly context: Context
  readonly completion: Completion
  /** Files in the order in which they were made. */
  readonly files: Files
  readonly pathOf: (key: string) => string
  readonly ends: (phase: string) => ReadonlyArray<Schema.Json>
  readonly ledger: Ledger.Ledger
  readonly services: Services.Context<FileSystem.FileSystem | Path.Path>
}

export const make = ({
  completion,
  context,
  ends,
  files,
  ledger,
  member,
  pathOf,
  services
}: Made): Phase.Output => {
  const { buckets = 1 } = context
  const sink = member.name
  const sources = piecesOf(member, files, pathOf)
  const pieces = Array.from(sources, ([name, parts]): Phase.Piece => ({
    name,
    bytes: sum(parts, ({ bytes }) => bytes),
    records: sum(parts, ({ records }) => records)
  }))
  /** Pieces in the output folder that were joined into a published file. */
  const spent: Array<string> = []
  const joined = new Set<string>()
  const join: Phase.Output["join"] = (piece, { file = piece, through } = {}) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      if (!Keys.isFileName(file)) throw new Fault.Fault(Keys.notAFileName("a file", file))
      const parts = sources.get(piece)
      if (parts === undefined)
        throw new Fault.Fault(`publish joins the piece ${piece}, which no writer has made`)
      joined.add(piece)
      const [only] = parts
      const directory = folderOf(member)
      const final = path.join(directory, file)
      const records = sum(parts, (part) => part.records)
      if (through === undefined && only !== undefined && parts.length === 1 && only.isStaged) {
        if (file !== piece) yield* moveOnce(sink, only, Publication.partName(final))
        return { path: file, records, bytes: only.bytes, sha256: only.sha256 }
      }
      if (parts.some((part) => part.path === Publication.partName(final)))
        throw new Fault.Fault(`publish makes ${file} of the piece of that name, which needs another name`)
      const found = yield* Effect.forEach(parts, (part) => located(part, path.join(directory, piece)))
      const published = yield* publishedBefore(sink, directory, file, found)
      if (published !== undefined) return { path: file, records, ...published }
      spent.push(...found.filter(({ isStaged }) => isStaged).map((part) => part.path))
      const target = yield* DurableFile.append(Publication.partName(final), 0)
      const bytes = Stream.fromIterable(found).pipe(Stream.flatMap((part) => contentOf(fs, sink, part)))
      yield* Stream.runForEach(through === undefined ? bytes : through(bytes), (chunk) => target.write(chunk))
      return { path: file, records, bytes: yield* target.flush, sha256: target.sha256() }
    }).pipe(
      Effect.scoped,
      asWriteFailed(sink, member.directory ?? sink),
      Fault.asError(sink),
      Effect.provideContext(services)
    )
  return {
    pieces,
    ends,
    ledger,
    join,
    progress: context.progress,
    publish: ({ details, files: given, mayBeEmpty = false } = {}) =>
      Effect.gen(function* () {
        const { directory } = member
        if (directory === undefined) {
          yield* Publication.check({ sink, completion, ledger, mayBeEmpty })
          return { sink, directory: null, files: [], ledger }
        }
        const files = given ?? (yield* Effect.forEach(pieces, ({ name }) => join(name)))
        const left = pieces.find(({ name }) => !joined.has(name))
        if (left !== undefined) throw new Fault.Fault(`publish leaves the piece ${left.name} out`)
        const summary = yield* Publication.publish({
          sink,
          directory,
          context,
          completion,
          ledger,
          files,
          mayBeEmpty,
          details: { ...details, ...(buckets > 1 && { buckets }) }
        })
        // Only after the manifest lists the files made from them: until then a resumed run joins them again.
        for (const file of spent) yield* DurableFile.remove(file)
        return summary
      }).pipe(
        asWriteFailed(sink, member.directory ?? sink),
        Fault.asError(sink),
        Effect.provideContext(services)
      )
  }
}

// internal

interface Source {
  readonly path: string
  /** In the output folder under its temporary name, and not in the state folder. */
  readonly isStaged: boolean
  readonly bytes: number
  readonly records: number
  readonly sha256: string
}

const folderOf = ({ directory }: Phase.Member<unknown>): string => {
  if (directory === undefined) throw new Fault.Fault("publish has files, but the division has no directory")
  return directory
}

/** The parts of each piece, in the order of the phases and their parts. */
const piecesOf = (
  member: Phase.Member<unknown>,
  files: Files,
  pathOf: (key: string) => string
): ReadonlyMap<string, ReadonlyArray<Source>> => {
  const pieces = new Map<string, Array<Source & { readonly of: string }>>()
  for (const [key, extent] of Object.entries(files)) {
    const { isRows, name, of } = Keys.parse(key)
    if (isRows) continue
    const parts = pieces.get(name) ?? []
    pieces.set(name, parts)
    parts.push({ ...extent, of, isStaged: Keys.isStaged(member, key), path: pathOf(key) })
  }
  const partOf = (of: string) => Number(of.slice(of.lastIndexOf("/") + 1))
  for (const parts of pieces.values()) parts.sort((a, b) => partOf(a.of) - partOf(b.of))
  return pieces
}

const sum = <A>(all: ReadonlyArray<A>, of: (one: A) => number): number =>
  all.reduce((n, one) => n + of(one), 0)

/** A run that was killed after the move finds the file under its new name. */
const moveOnce = Effect.fnUntraced(function* (sink: string, { bytes, path, sha256 }: Source, to: string) {
  const fs = yield* FileSystem.FileSystem
  if (yield* fs.exists(path)) return yield* DurableFile.rename(path, to)
  if (!(yield* fs.exists(to))) return undefined
  return (yield* DurableFile.sha256Of(to, bytes)) === sha256
    ? undefined
    : yield* damaged(sink, to, OTHER_CONTENT)
})

/** A piece that is also published itself may already have its final name from a run that was killed later. */
const located = Effect.fnUntraced(function* (part: Source, final: string) {
  const fs = yield* FileSystem.FileSystem
  const isRenamed = part.isStaged && !(yield* fs.exists(part.path)) && (yield* fs.exists(final))
  return isRenamed ? { ...part, path: final, isStaged: false } : part
})

/** The size and checksum of a file that was published before its pieces were removed. */
const publishedBefore = Effect.fnUntraced(function* (
  sink: string,
  directory: string,
  file: string,
  parts: ReadonlyArray<Source>
) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const missing: Array<string> = []
  for (const part of parts) if (!(yield* fs.exists(part.path))) missing.push(part.path)
  const [first] = missing
  if (first === undefined) return undefined
  const final = path.join(directory, file)
  const listed = (yield* PublishedManifest.find(directory))?.files?.find((one) => one.path === file)
  if (listed === undefined || !(yield* fs.exists(final))) return yield* damaged(sink, first, GONE)
  const bytes = Number((yield* fs.stat(final)).size)
  const sha256 = yield* DurableFile.sha256Of(final, bytes)
  return sha256 === listed.sha256 ? { bytes, sha256 } : yield* damaged(sink, final, OTHER_CONTENT)
})

/** The bytes of a piece. The stream fails at its end if they are not those that were written. */
const contentOf = (
  fs: FileSystem.FileSystem,
  sink: string,
  { bytes: length, path, records, sha256 }: Source
): Stream.Stream<Uint8Array, SinkError> =>
  Stream.suspend(() => {
    const hash = Sha256.running()
    let bytes = 0
    const content = fs.stream(path, { chunkSize: CHUNK }).pipe(
      Stream.mapError((cause) => new SinkError({ sink, reason: new WriteFailed({ path, cause }) })),
      Stream.map((chunk) => {
        hash.update(chunk)
        bytes += chunk.length
        return chunk
      })
    )
    const proof = Effect.suspend(() => {
      const problem = problemOf({ path, records, bytes: length, sha256 }, { bytes, sha256: hash.hex() })
      return problem === undefined ? Effect.void : damaged(sink, path, problem)
    })
    return Stream.concat(content, Stream.drain(Stream.fromEffect(proof)))
  })

const asWriteFailed =
  (sink: string, path: string) =>
  <A, R>(
    effect: Effect.Effect<A, SinkError | PlatformError.PlatformError, R>
  ): Effect.Effect<A, SinkError, R> =>
    Effect.catchTag(effect, "PlatformError", (cause) =>
      Effect.fail(new SinkError({ sink, reason: new WriteFailed({ path, cause }) }))
    )

const CHUNK = 256 << 10
