// The consequences of codes that tables count by themselves.
import { Consequence } from "@chatferry/core"

const { make } = Consequence

export const declared = {
  /** A field with a value that a mapping leaves out. */
  fieldDropped: make("field_dropped.{field}", {
    effect: "left_out_on_purpose",
    says: "values that follow from others, apply to one viewer only, or are the provider's own settings"
  }),
  /** A secret in a record. */
  secretDropped: make("secret_dropped.{field}", {
    effect: "left_out_on_purpose",
    says: "tokens, IP addresses of requests and other secrets ({field}), which never leave the source"
  }),
  /** A field in a shape that its table cannot read. */
  unreadableField: make("unreadable_field.{field}", {
    effect: "changed",
    says: "values of {field} in a shape that cannot be read; they are kept as custom data of the provider"
  }),
  tooDeep: make("too_deep", {
    effect: "lost",
    says: "records with values nested more than 100 levels deep, which cannot be written safely",
    action: "Flatten them in a copy of rejects.ndjson and run again with the option corrections."
  })
} as const
