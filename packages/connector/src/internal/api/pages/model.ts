// Paged listings of a service.
import type { Rejected, SourceError } from "@chatferry/core"
import type * as Effect from "effect/Effect"
import type * as RawValue from "../../../records/RawValue.ts"
import type { Base } from "../../reading/model.ts"

/**
 * A page of a listing.
 *
 * @category models
 * @since 0.1.0
 */
export interface Page {
  /** The records in the order of the service. A value that is not an object is rejected. */
  readonly records: ReadonlyArray<unknown>
  /** The token of the next page; `undefined` after the last one. */
  readonly next: string | undefined
}

/**
 * Parents that have a listing each, such as channels with posts.
 *
 * @category models
 * @since 0.1.0
 */
export interface Parents<in Client> {
  /** Requests a page of parents, as `Listing.page` does. */
  readonly page: (client: Client, after: string | undefined) => Effect.Effect<Page, SourceError.Failure>
  /**
   * The id with which the listing of a parent is requested. A parent without one is counted as `parent_without_id`;
   * a listing of the parents themselves may report more.
   */
  readonly idOf: (parent: RawValue.RawObject) => string | undefined
}

/**
 * A partition of the source: one listing of the service, or the listings of all
 * `parents` in order.
 *
 * @category models
 * @since 0.1.0
 */
export interface Listing<in Client, in C extends Base> {
  /**
   * The parents that have such a listing each.
   *
   * @default one listing without parents
   */
  readonly parents?: Parents<Client>
  /** Requests the first page, or the page that an earlier one named as `next`. `parent` is an id of `parents`, `""` without parents. */
  readonly page: (
    client: Client,
    after: string | undefined,
    parent: string
  ) => Effect.Effect<Page, SourceError.Failure>
  /** Pushes the entities of a record, or rejects it. */
  readonly map: (record: RawValue.RawObject, context: C, parent: string) => void
  /**
   * The kind of a rejected value that is not an object.
   *
   * @default unknown
   */
  readonly kind?: Rejected.Rejected["kind"]
}
