// The position of a reader in a listing.
import * as Schema from "effect/Schema"

/** The token of the next page: `null` before the first page and after the last. */
export const At = Schema.Struct({
  after: Schema.NullOr(Schema.String),
  pages: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
})
export type At = typeof At.Type

export const START: At = { after: null, pages: 0 }

export const isEnd = ({ after, pages }: At): boolean => after === null && pages > 0

/** The position after a page. */
export const behind = ({ pages }: At, next: string | undefined): At => ({
  after: next ?? null,
  pages: pages + 1
})
