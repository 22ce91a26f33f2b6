/**
 * Makes sources of services that list records page by page.
 *
 * An author defines how a page is requested and how a record is mapped. This module
 * handles positions, batches, listings that repeat or do not end, and lines of
 * rejects that are read again. `ExportJobs` handles exports made on request.
 *
 * A page is a batch. Memory holds one page, for listings per parent also one page of parents, and what `Pages` remembers
 * of the pages before.
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
 * How a service is listed and its records are mapped.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<Client, C extends Base, R> {
  readonly name: string
  readonly kinds: Iterable<Entity.Kind>
  /** The consequences of its codes for rejects and notes, besides `not_an_object` and `parent_without_id`. */
  readonly consequences?: ReadonlyArray<Consequence.Consequence> | undefined
  /** Settings that change the records that are read, and a version of the mapping. No secrets: see `Fingerprint.ofSecret`. */
  readonly fingerprint: Fingerprint.Fingerprint
  /** Makes the client of the service once for a run, for example with `ApiClient.make`. */
  readonly client: Effect.Effect<Client, SourceError.Failure, R>
  /** The listings by the names of their partitions. They are read in this order. */
  readonly listings: Readonly<Record<string, Listing<Client, C>>>
  /** Makes the context of mappings, once for each page. */
  readonly context: () => C
  /**
   * Most pages of one listing. A listing with more stops the run.
   *
   * @default Pages.MOST_PAGES
   */
  readonly maxPages?: number | undefined
}

/**
 * Makes the source. A resumed run requests the page after the last one that was
 * written. It does not notice that a listing has changed meanwhile, so a service
 * should list new records after old ones. For listings per parent, the page of
 * parents is requested again, and the run fails if the parent is not on it any more.
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
  const builtIn = [declared.notAnObject, ...(hasParents ? [parentWithoutId] : [])]
  return Source.make({
    name,
    kinds: new Set(kinds),
    consequences: [...consequences, ...builtIn.filter(({ code }) => !codes.has(code))],
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
  "its context does not name a listing of this source; take the line from rejects.ndjson as it was written"

const decodeContext = Schema.decodeUnknownOption(
  Schema.Struct({ listing: Schema.String, parent: Schema.optionalKey(Schema.String) })
)
