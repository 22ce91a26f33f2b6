import { Ledger } from "@chatferry/core"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/** How far the files had come, by name before compression, and what was counted until then. */
export class Receipt extends Schema.Opaque<Receipt>()(
  Schema.Struct({
    files: Schema.Record(
      Schema.String,
      Schema.Struct({ bytes: Schema.Finite, records: Schema.Finite, sha256: Schema.String })
    ),
    ledger: Ledger.Ledger
  })
) {}

export const empty: Receipt = { files: {}, ledger: Ledger.empty }

export const decode: (receipt: unknown) => Option.Option<Receipt> = Schema.decodeUnknownOption(Receipt)
