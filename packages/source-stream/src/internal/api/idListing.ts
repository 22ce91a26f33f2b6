// The list of all channels or users, on disk page by page: every run cuts the same list into the same batches.
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

/** A line of the file. `sum` is of this line, those before it and the file's name. */
const Line = Schema.Struct({
  ids: Schema.Array(Schema.String),
  next: Schema.NullOr(Listing.Cursor),
  sum: Schema.String
})

type Failure = SourceError.SourceErrorReason

/** The list as it is on disk, or as Stream has it now, going on where an earlier run was stopped. */
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
      const own = <A, R>(effect: Effect.Effect<A, PlatformError.PlatformError, R>) =>
        Effect.mapError(effect, (cause) => new SourceError.ReadFailed({ path: file, cause }))
      yield* own(DurableFile.makeDirectory(path.dirname(file), { mode: 0o700 }))
      const ids = new Set<string>()
      let cursor: Listing.Cursor | null = Listing.start
      let length = 0
      let pages = 0
      let sum = path.basename(file)
      const text = (yield* own(fs.exists(file))) ? yield* own(fs.readFileString(file)) : ""
      // What comes after the last line feed was being written when a run was stopped.
      const lines = text.split("\n").slice(0, -1)
      for (const [index, line] of lines.entries()) {
        const page = pageIn(line, sum)
        // The last line was being written when the power went, and is not all there: its page is asked for again.
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
      const appender = yield* own(DurableFile.append(file, length))
      while (cursor !== null) {
        const page: Listing.Page = yield* Listing.page(client, kind, cursor)
        const added = page.ids.filter((id) => !ids.has(id))
        if (isRepeated(kind, cursor, page, added.length)) return yield* Listing.inCircles(operation)
        for (const id of added) ids.add(id)
        cursor = page.next
        sum = sumOf(sum, added, cursor)
        yield* own(appender.write(Buffer.from(`${JSON.stringify({ ids: added, next: cursor, sum })}\n`)))
        yield* own(appender.flush)
        const problem = cursor === null ? undefined : watch.see({ ids: page.ids })
        if (problem !== undefined) return yield* problem
      }
      return Array.from(ids)
    })
  ).pipe(Spans.withSpan("Stream.list", { kind }))

// internal

/**
 * Whether things come again that cannot. After a user come others only. What was
 * skipped is not shown again, unless the order has changed and something else was
 * skipped. Channels that are all known are those of the time that was asked for.
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

/** `undefined` when the line is damaged, or is not the one that comes after those before it. */
const pageIn = (line: string, before: string) => {
  const page = Option.getOrUndefined(decode(line))
  return page !== undefined && page.sum === sumOf(before, page.ids, page.next) ? page : undefined
}

const notOurs = (file: string) =>
  new SourceError.CorruptInput({
    location: file,
    problem: "it is no list of what there is to export",
    hint: "Put it back as it was, or remove it: everything is then listed again, and what has changed is exported again."
  })
