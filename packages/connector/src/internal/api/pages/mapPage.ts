// Maps the records of a page.
import { type Source } from "@chatferry/core"
import type * as Schema from "effect/Schema"
import * as RawValue from "../../../records/RawValue.ts"
import type { Base } from "../../reading/model.ts"
import { declared } from "../../reading/rejects.ts"
import type { Listing } from "./model.ts"

/** The page of a record, for messages and for the line of its reject. */
export interface Of {
  readonly location: string
  readonly context: Schema.Json
  /** `""` if the listing has no parent. */
  readonly parent: string
}

type Mapping<C extends Base> = Pick<Listing<never, C>, "kind" | "map">

export const mapPage = <C extends Base>(
  records: ReadonlyArray<unknown>,
  listing: Mapping<C>,
  context: C,
  of: Of
): Source.Mapped => {
  const { out } = context
  for (const [i, record] of records.entries()) {
    out.origin = {
      location: (within) => `${of.location}, record ${i + 1}${within}`,
      text: () => undefined,
      context: () => of.context
    }
    mapOne(record, listing, context, of.parent)
  }
  return out.take()
}

export const mapOne = <C extends Base>(
  record: unknown,
  { kind = "unknown", map }: Mapping<C>,
  context: C,
  parent: string
): void => {
  if (RawValue.isObject(record)) map(record, context, parent)
  else context.out.reject(kind, declared.notAnObject.code, "a record must be an object", record)
}
