// Reads a single listing.
import { type Source, SourceError } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Base } from "../../reading/model.ts"
import { At, behind, isEnd, START } from "./at.ts"
import { mapPage } from "./mapPage.ts"
import type { Listing } from "./model.ts"
import { type Reading, seeing } from "./reading.ts"

export const plain = <Client, C extends Base>(
  listing: Listing<Client, C>,
  reading: Reading<Client, C>,
  position: Option.Option<Source.Position>
): Stream.Stream<Source.Batch, SourceError.Failure> => {
  const { client, context, id } = reading
  const at = Option.match(position, { onNone: () => Option.some(START), onSome: decode })
  if (Option.isNone(at)) return Stream.fromEffect(SourceError.foreignPosition(id))
  if (isEnd(at.value)) return Stream.empty
  // Each run of the stream has its own watch.
  return Stream.suspend(() => {
    const see = seeing(reading, `listing ${id}`, at.value)
    return Stream.paginate(at.value, (from) =>
      Effect.gen(function* () {
        const page = yield* see(listing.page(client, from.after ?? undefined, ""))
        const end = behind(from, page.next)
        const of = { location: `${id}, page ${end.pages}`, context: { listing: id }, parent: "" }
        const mapped = mapPage(page.records, listing, context(), of)
        const batch: Source.Batch = {
          ...mapped,
          position: end,
          bytes: page.records.length,
          location: `page ${end.pages}`
        }
        return [[batch], page.next === undefined ? Option.none() : Option.some(end)] as const
      })
    )
  })
}

// internal

const decode = Schema.decodeUnknownOption(At)
