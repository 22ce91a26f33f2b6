// Reads a listing for each record of another listing, such as the posts of each channel: `/channels/{id}/posts`.
import { type Source, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as RawValue from "../../../records/RawValue.ts"
import type { Base } from "../../reading/model.ts"
import { At, behind, isEnd, START } from "./at.ts"
import { parentWithoutId } from "./consequences.ts"
import { mapPage } from "./mapPage.ts"
import type { Listing, Page, Parents } from "./model.ts"
import { type Reading, seeing } from "./reading.ts"

export const perParent = <Client, C extends Base>(
  listing: Listing<Client, C>,
  parents: Parents<Client>,
  reading: Reading<Client, C>,
  position: Option.Option<Source.Position>
): Stream.Stream<Source.Batch, SourceError.Failure> => {
  const { client, context, id } = reading
  const at = Option.match(position, { onNone: () => Option.some(BEGIN), onSome: decode })
  if (Option.isNone(at)) return Stream.fromEffect(SourceError.foreignPosition(id))
  if (isBehindAll(at.value)) return Stream.empty
  return Stream.suspend(() => {
    const seeParents = seeing(reading, `listing what has ${id}`, at.value.parents)
    let page: ParentsPage | undefined
    let see = seeing(reading, `listing ${id}`, at.value.page)

    const parentsAt = Effect.fnUntraced(function* ({ parent, parents: from }: Where) {
      if (page === undefined || page.after !== from.after) {
        const found = yield* seeParents(parents.page(client, from.after ?? undefined))
        page = { after: from.after, next: found.next, ...idsIn(found, parents) }
      }
      const index = parent === null ? 0 : page.ids.indexOf(parent)
      // Another parent may be in its place by now, so that records would be read twice or not at all.
      return index < 0 ? yield* SourceError.changedContent(id) : { index, page }
    })

    const readPage = Effect.fnUntraced(function* (where: Where) {
      const { index, page } = yield* parentsAt(where)
      const begun = where.parent === null && page.without > 0 ? { [parentWithoutId.code]: page.without } : {}
      const parent = page.ids[index]
      if (parent === undefined) {
        const next = nextOf(where, page, index, undefined)
        const nothing = { records: [], rejected: [], notes: begun, bytes: 0, location: locationOf(where) }
        return [[{ ...nothing, position: next }], continued(next)] as const
      }
      if (where.page.pages === 0) see = seeing(reading, `listing ${id}`, START)
      const { next: after, records } = yield* see(listing.page(client, where.page.after ?? undefined, parent))
      const mapped = mapPage(records, listing, context(), {
        location: `${id}, ${locationOf(where)}`,
        context: { listing: id, parent },
        parent
      })
      const next = nextOf(where, page, index, after)
      const batch: Source.Batch = {
        ...mapped,
        notes: { ...mapped.notes, ...begun },
        position: next,
        bytes: records.length,
        location: locationOf(where)
      }
      return [[batch], continued(next)] as const
    })

    return Stream.paginate(at.value, readPage)
  })
}

// internal

/** A page of parents, held while its listings are read. */
interface ParentsPage {
  readonly after: string | null
  readonly next: string | undefined
  readonly ids: ReadonlyArray<string>
  readonly without: number
}

const Where = Schema.Struct({
  /** The page of parents. */
  parents: At,
  /** The number of parents before this one. */
  before: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  /** The parent whose listing is read; `null` for the first of the page. */
  parent: Schema.NullOr(Schema.String),
  /** The page of its listing. */
  page: At
})
type Where = typeof Where.Type
const decode = Schema.decodeUnknownOption(Where)
const BEGIN: Where = { parents: START, before: 0, parent: null, page: START }

const isBehindAll = ({ parent, parents }: Where) => parent === null && isEnd(parents)

const continued = (where: Where) => (isBehindAll(where) ? Option.none() : Option.some(where))

const locationOf = ({ before, page }: Where) => `parent ${before + 1}, page ${page.pages + 1}`

/** The position after a page of a parent's listing, or after a page without parents. */
const nextOf = (
  { before, page: at, parents }: Where,
  { ids, next }: ParentsPage,
  index: number,
  after: string | undefined
): Where => {
  const parent = ids[index]
  if (parent !== undefined && after !== undefined) {
    return { parents, before, parent, page: behind(at, after) }
  }
  const count = parent === undefined ? before : before + 1
  const sibling = ids[index + 1]
  return sibling === undefined
    ? { parents: behind(parents, next), before: count, parent: null, page: START }
    : { parents, before: count, parent: sibling, page: START }
}

/** Lists each id once, because a position identifies a parent by its id. */
const idsIn = <Client>({ records }: Page, { idOf }: Parents<Client>) => {
  const all = records.map((record) => (RawValue.isObject(record) ? idOf(record) : undefined))
  const ids = new Set(all.filter((id) => id !== undefined))
  return { ids: Array.from(ids), without: all.filter((id) => id === undefined).length }
}
