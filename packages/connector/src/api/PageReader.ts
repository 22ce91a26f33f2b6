/**
 * Makes sources of services that give records page by page.
 *
 * An author says how a page is asked for and what becomes of a record. Positions,
 * batches, the end of listings that repeat or do not end, and lines of rejects that
 * are read again are done here. What a service makes on request is `ExportJobs`' matter.
 *
 * A page is a batch. Memory holds one page and what `Pages` remembers of those before.
 *
 * @stability unstable
 * @since 0.1.0
 */
import {
  type Consequence,
  type Entity,
  type Fingerprint,
  type Rejected,
  RejectedLine,
  Source,
  SourceError,
  Wire
} from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Base } from "../internal/reading/model.ts"
import { declared } from "../internal/reading/rejects.ts"
import * as Pages from "./Pages.ts"

/**
 * A page of a listing.
 *
 * @category models
 * @since 0.1.0
 */
export interface Page {
  /** In the order of the service; a value that is not an object is rejected. */
  readonly records: ReadonlyArray<unknown>
  /** What the page behind it is asked for with; `undefined` when there is none. */
  readonly next: string | undefined
}

/**
 * One listing of the service, which is a partition of the source.
 *
 * @category models
 * @since 0.1.0
 */
export interface Listing<in Client, in C extends Base> {
  /** Asks for a page: the first one, or the one that a page before named as `next`. */
  readonly page: (client: Client, after: string | undefined) => Effect.Effect<Page, SourceError.Failure>
  /** Pushes what becomes of a record, or rejects it. */
  readonly map: (record: Wire.Wire, context: C) => void
  /** The kind of a rejected value that is not an object. @default unknown */
  readonly kind?: Rejected.Rejected["kind"]
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Options<Client, C extends Base, R> {
  readonly name: string
  readonly kinds: Iterable<Entity.Kind>
  /** What the codes of its rejects and notes mean, beside `not_an_object`. */
  readonly consequences?: ReadonlyArray<Consequence.Consequence>
  /** Settings that change what is read, and a number that grows with the mapping. No secrets: see `Fingerprint.ofSecret`. */
  readonly fingerprint: Fingerprint.Fingerprint
  /** Makes what asks the service, once for a run: `ApiClient.make`. */
  readonly client: Effect.Effect<Client, SourceError.Failure, R>
  /** Read in their order; the names are those of the partitions. */
  readonly listings: Readonly<Record<string, Listing<Client, C>>>
  /** Makes what mappings need, once for a page. */
  readonly context: () => C
  /** A listing that has more pages stops the run. @default Pages.MOST_PAGES */
  readonly maxPages?: number
}

/**
 * Makes the source. A run that is resumed asks for the page at which it stands; a
 * listing that has changed meanwhile is not noticed, so a service should list what is
 * new behind what is old.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <Client, C extends Base, R = never>(options: Options<Client, C, R>): Source.Source<R> => {
  const { client, consequences = [], context, fingerprint, kinds, listings, name } = options
  const { maxPages = Pages.MOST_PAGES } = options
  const byName = new Map(Object.entries(listings))
  const codes = new Set(consequences.map(({ code }) => code))
  return Source.make({
    name,
    kinds: new Set(kinds),
    consequences: [...consequences, ...[declared.notAnObject].filter(({ code }) => !codes.has(code))],
    open: Effect.map(client, (open) => ({
      fingerprint,
      partitions: Effect.succeed(Array.from(byName.keys(), (id) => ({ id, fingerprint: id }))),
      read: ({ id }, position) => {
        const listing = byName.get(id)
        const at = Option.match(position, { onNone: () => Option.some(START), onSome: decodeAt })
        if (listing === undefined || Option.isNone(at)) {
          return Stream.fromEffect(SourceError.foreignPosition(id))
        }
        const pageBehind =
          (watch: Pages.Watch) =>
          ({ after, pages }: At): Effect.Effect<Read, SourceError.Failure> =>
            Effect.gen(function* () {
              const { next, records } = yield* listing.page(open, after ?? undefined)
              const problem = next === undefined ? undefined : watch.see({ next, ids: records.map(idOf) })
              if (problem !== undefined) return yield* problem
              const number = pages + 1
              const mapped = mapAll(records, listing, context(), `${id}, page ${number}`, { listing: id })
              const end = { after: next ?? null, pages: number }
              return [
                [{ ...mapped, position: end, bytes: records.length, place: `page ${number}` }],
                next === undefined ? Option.none() : Option.some(end)
              ]
            })
        const { after, pages } = at.value
        if (after === null && pages > 0) return Stream.empty
        // Each reading watches for itself.
        return Stream.suspend(() => {
          const operation = `listing ${id}`
          const watch = Pages.watch({
            operation,
            maxPages,
            before: pages,
            hint: "Report this to the service."
          })
          return Stream.paginate(at.value, pageBehind(watch))
        })
      }
    })),
    rejected: RejectedLine.reader(name, (line) =>
      Effect.suspend(() => {
        const within = decodeContext(line.context)
        const listing = Option.isSome(within) ? byName.get(within.value.listing) : undefined
        if (listing === undefined) return Effect.fail(new SourceError.InvalidReject({ problem: NO_LISTING }))
        const content = RejectedLine.contentOf(line)
        if (content.problem !== undefined) {
          return Effect.succeed(RejectedLine.again(line, `its original is ${content.problem}; correct it`))
        }
        const used = context()
        used.out.origin = RejectedLine.originOf(line, content)
        mapOne(content.value, listing, used)
        return Effect.succeed(used.out.take())
      })
    )
  })
}

// internal

const NO_LISTING =
  "its context names no listing of this source; take the line from rejects.ndjson as it was written"

/** Where reading stands: the page that comes next, `null` at the first one and behind the last. */
const At = Schema.Struct({
  after: Schema.NullOr(Schema.String),
  pages: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
})
type At = typeof At.Type
const decodeAt = Schema.decodeUnknownOption(At)
const START: At = { after: null, pages: 0 }

type Read = readonly [ReadonlyArray<Source.Batch>, Option.Option<At>]

const decodeContext = Schema.decodeUnknownOption(Schema.Struct({ listing: Schema.String }))

const idOf = (record: unknown) => JSON.stringify(record) ?? ""

const mapAll = <C extends Base>(
  records: ReadonlyArray<unknown>,
  listing: Pick<Listing<never, C>, "kind" | "map">,
  context: C,
  place: string,
  of: Schema.Json
): Source.Mapped => {
  const { out } = context
  for (const [i, record] of records.entries()) {
    out.origin = {
      place: (within) => `${place}, record ${i + 1}${within}`,
      text: () => undefined,
      context: () => of
    }
    mapOne(record, listing, context)
  }
  return out.take()
}

const mapOne = <C extends Base>(
  record: unknown,
  { kind = "unknown", map }: Pick<Listing<never, C>, "kind" | "map">,
  context: C
): void => {
  if (Wire.isWire(record)) map(record, context)
  else context.out.reject(kind, declared.notAnObject.code, "a record must be an object", record)
}
