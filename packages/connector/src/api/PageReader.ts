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
import { type Consequence, type Entity, Source, SourceError } from "@chatferry/core"
import { RejectedLine } from "@chatferry/core/run"
import { type Fingerprint } from "@chatferry/core/settings"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { parentWithoutId } from "../internal/api/pages/consequences.ts"
import { mapOne } from "../internal/api/pages/mapPage.ts"
import type { Listing } from "../internal/api/pages/model.ts"
import { perParent } from "../internal/api/pages/perParent.ts"
import { plain } from "../internal/api/pages/plain.ts"
import type { Base } from "../internal/reading/model.ts"
import { declared } from "../internal/reading/rejects.ts"
import * as Pages from "./Pages.ts"

export type { Page, Parents, Listing } from "../internal/api/pages/model.ts"

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
