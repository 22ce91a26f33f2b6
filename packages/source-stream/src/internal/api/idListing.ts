// The list of all channels or users, stored on disk page by page, so that every run splits it into the same batches.
import { type ApiClient, Pages, Spans } from "@chatferry/connector"
import { SourceError } from "@chatferry/core"
import { DurableFile, Json, Sha256 } from "@chatferry/core/files"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type * as PlatformError from "effect/PlatformError"
import * as Schema from "effect/Schema"
import type { Kind } from "./batch.ts"
import * as Listing from "./listing.ts"

/** A line of the file. `sum` is a checksum of this line, the lines before it and the name of the file. */
const Line = Schema.Struct({
  ids: Schema.Array(Schema.String),
  next: Schema.NullOr(Listing.Cursor),
  sum: Schema.String
})

type Failure = SourceError.SourceErrorReason

/** Returns the list from disk. A missing or unfinished list is read from Stream, from where an earlier run stopped. */
export const all = (
  client: ApiClient.Client,
  kind: Kind,
  file: string,
  maxPages: number
): Effect.Effect<ReadonlyArray<string>, Failure, FileSystem.FileSystem | Path.Path> =>
  Effect.scoped(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const asReadFailed = <A, R>(effect: Effect.Effect<A, PlatformError.PlatformError, R>) =>
        Effect.mapError(effect, (cause) => new SourceError.ReadFailed({ path: file, cause }))
      yield* asReadFailed(DurableFile.makeDirectory(path.dirname(file), { mode: 0o700 }))
      const ids = new Set<string>()
      let cursor: Listing.Cursor | null = Listing.start
      let length = 0
      let pages = 0
      let sum = path.basename(file)
      const text = (yield* asReadFailed(fs.exists(file))) ? yield* asReadFailed(fs.readFileString(file)) : ""
      // The rest after the last line feed was being written when a run stopped.
      const lines = text.split("\n").slice(0, -1)
      for (const [index, line] of lines.entries()) {
        const page = pageIn(line, sum)
        // The last line is incomplete after a power failure, so its page is requested again.
        if (page === undefined && index === lines.length - 1 && Option.isNone(anything(line))) break
        if (page === undefined || cursor === null) return yield* notOurs(file)
        for (const id of page.ids) ids.add(id)
        cursor = page.next
        pages++
        sum = page.sum
        length += Buffer.byteLength(line) + 1
      }
      if (cursor === null) return Array.from(ids)
      const operation = `listing ${kind}`
      const watch = Pages.watch({ operation, maxPages, before: pages, hint: Listing.GIVE_IDS })
      const appender = yield* asReadFailed(DurableFile.append(file, length))
      while (cursor !== null) {
        const page: Listing.Page = yield* Listing.page(client, kind, cursor)
        const added = page.ids.filter((id) => !ids.has(id))
        if (isRepeated(kind, cursor, page, added.length)) return yield* Listing.inCircles(operation)
        for (const id of added) ids.add(id)
        cursor = page.next
        sum = sumOf(sum, added, cursor)
        yield* asReadFailed(
          appender.write(Buffer.from(`${JSON.stringify({ ids: added, next: cursor, sum })}\n`))
        )
        yield* asReadFailed(appender.flush)
        const problem = cursor === null ? undefined : watch.see({ ids: page.ids })
        if (problem !== undefined) return yield* problem
      }
      return Array.from(ids)
    })
  ).pipe(Spans.withSpan("Stream.list", { kind }))

// internal

/**
 * True if a page repeats items that cannot come again. Users after a user are always
 * new. Skipped channels do not come again, unless the order has changed and others
 * were skipped. A page with known channels only has those of the requested time.
 */
const isRepeated = (
  kind: Kind,
  cursor: Listing.Cursor,
  { ids, next }: Listing.Page,
  added: number
): boolean =>
  added < ids.length &&
  (kind === "users" || cursor.skip > 0 || (added === 0 && next !== null && next.after !== cursor.after))

const decode = Json.decodeOption(Line)
const anything = Json.decodeOption(Schema.Unknown)

const sumOf = (before: string, ids: ReadonlyArray<string>, next: Listing.Cursor | null): string =>
  Sha256.hex([JSON.stringify([before, ids, next])])

/** Parses a line; `undefined` if it is damaged or does not continue the lines before it. */
const pageIn = (line: string, before: string) => {
  const page = Option.getOrUndefined(decode(line))
  return page !== undefined && page.sum === sumOf(before, page.ids, page.next) ? page : undefined
}

const notOurs = (file: string) =>
  new SourceError.CorruptInput({
    location: file,
    problem: "it is not a valid list of channels or users to export",
    hint: "Restore it, or remove it: everything is then listed again, and batches that have changed are exported again."
  })
