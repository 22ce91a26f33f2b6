// Where reading stands in a listing.
import * as Schema from "effect/Schema"

/** The page that comes next, `null` at the first one and behind the last. */
export const At = Schema.Struct({
  after: Schema.NullOr(Schema.String),
  pages: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
})
export type At = typeof At.Type

export const START: At = { after: null, pages: 0 }

export const isEnd = ({ after, pages }: At): boolean => after === null && pages > 0

/** Behind a page. */
export const behind = ({ pages }: At, next: string | undefined): At => ({
  after: next ?? null,
  pages: pages + 1
})
