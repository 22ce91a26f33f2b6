import type { Rejected, SourceError } from "@chatferry/core"
import type * as Effect from "effect/Effect"
// Listings of a service, page by page.
import type * as RawValue from "../../../records/RawValue.ts"
import type { Base } from "../../reading/model.ts"

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
  readonly idOf: (parent: RawValue.RawObject) => string | undefined
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
  readonly map: (record: RawValue.RawObject, context: C, parent: string) => void
  /** The kind of a rejected value that is not an object. @default unknown */
  readonly kind?: Rejected.Rejected["kind"]
}
