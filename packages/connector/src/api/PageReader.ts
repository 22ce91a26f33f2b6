/**
 * Makes sources of services that give records page by page.
 *
 * An author says how a page is asked for and what becomes of a record. Positions,
 * batches, the end of listings that repeat or do not end, and lines of rejects that
 * are read again are done here. What a service makes on request is `ExportJobs`' matter.
 *
 * A page is a batch. Memory holds one page, of listings per parent one of the parents as well, and what `Pages` remembers
 * of those before.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import {
  type Consequence,
  type Entity,
  type Fingerprint,
  type Rejected,
  RejectedLine,
  Source,
  SourceError,
  type Wire
} from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { parentWithoutId } from "../internal/api/pages/consequences.ts"
import { mapOne } from "../internal/api/pages/mapPage.ts"
import { perParent } from "../internal/api/pages/perParent.ts"
import { plain } from "../internal/api/pages/plain.ts"
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
 * Things that have a listing each, such as rooms that have posts.
 *
 * @category models
 * @since 0.1.0
 */
export interface Parents<in Client> {
  /** Asks for a page of them, as `Listing.page` does. */
  readonly page: (client: Client, after: string | undefined) => Effect.Effect<Page, SourceError.Failure>
  /**
   * What its listing is asked for with. One without it is counted as `parent_without_id`; a listing of the parents
   * themselves may say more.
   */
  readonly idOf: (parent: Wire.Wire) => string | undefined
}

/**
 * One listing of the service, or the listings of all `parents` one after the other,
 * which is a partition of the source.
 *
 * @category models
 * @since 0.1.0
 */
export interface Listing<in Client, in C extends Base> {
  /** Where each of other things has such a listing. @default one listing */
  readonly parents?: Parents<Client>
  /** Asks for a page: the first one, or the one that a page before named as `next`. `parent` is an id of `parents`, `""` without. */
  readonly page: (
    client: Client,
    after: string | undefined,
    parent: string
  ) => Effect.Effect<Page, SourceError.Failure>
  /** Pushes what becomes of a record, or rejects it. */
  readonly map: (record: Wire.Wire, context: C, parent: string) => void
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
  /** What the codes of its rejects and notes mean, beside `not_an_object` and `parent_without_id`. */
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
 * new behind what is old. Of listings per parent, the page of parents is asked for
 * again, and the run is refused where the parent is not on it any more.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <Client, C extends Base, R = never>(options: Options<Client, C, R>): Source.Source<R> => {
  const { client, consequences = [], context, fingerprint, kinds, listings, name } = options
  const { maxPages = Pages.MOST_PAGES } = options
  const byName = new Map(Object.entries(listings))
  const codes = new Set(consequences.map(({ code }) => code))
  const hasParents = Object.values(listings).some(({ parents }) => parents !== undefined)
  const own = [declared.notAnObject, ...(hasParents ? [parentWithoutId] : [])]
  return Source.make({
    name,
    kinds: new Set(kinds),
    consequences: [...consequences, ...own.filter(({ code }) => !codes.has(code))],
    open: Effect.map(client, (open) => ({
      fingerprint,
      partitions: Effect.succeed(Array.from(byName.keys(), (id) => ({ id, fingerprint: id }))),
      read: ({ id }, position) => {
        const listing = byName.get(id)
        if (listing === undefined) return Stream.fromEffect(SourceError.foreignPosition(id))
        const reading = { client: open, id, context, maxPages }
        return listing.parents === undefined
          ? plain(listing, reading, position)
          : perParent(listing, listing.parents, reading, position)
      }
    })),
    rejected: RejectedLine.reader(name, (line) =>
      Effect.suspend(() => {
        const within = Option.getOrUndefined(decodeContext(line.context))
        const listing = within && byName.get(within.listing)
        if (listing === undefined || (listing.parents === undefined) !== (within?.parent === undefined)) {
          return Effect.fail(new SourceError.InvalidReject({ problem: NO_LISTING }))
        }
        const content = RejectedLine.contentOf(line)
        if (content.problem !== undefined) {
          return Effect.succeed(RejectedLine.again(line, `its original is ${content.problem}; correct it`))
        }
        const used = context()
        used.out.origin = RejectedLine.originOf(line, content)
        mapOne(content.value, listing, used, within?.parent ?? "")
        return Effect.succeed(used.out.take())
      })
    )
  })
}

// internal

const NO_LISTING =
  "its context names no listing of this source; take the line from rejects.ndjson as it was written"

const decodeContext = Schema.decodeUnknownOption(
  Schema.Struct({ listing: Schema.String, parent: Schema.optionalKey(Schema.String) })
)
