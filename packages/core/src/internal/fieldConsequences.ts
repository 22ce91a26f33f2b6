import * as Consequence from "../Consequence.ts"

const { make } = Consequence

export const declared = {
  /** A field that a mapping leaves out and that had a value. */
  fieldDropped: make("field_dropped.{field}", {
    effect: "left_out_on_purpose",
    says: "values that follow from others, are true for one viewer only, or are settings of the provider's own"
  }),
  /** A secret in a record. */
  secretDropped: make("secret_dropped.{field}", {
    effect: "left_out_on_purpose",
    says: "tokens and other secrets, which never leave the source"
  }),
  /** A known field in a shape that its mapping cannot read. */
  unreadableField: make("unreadable_field.{field}", {
    effect: "changed",
    says: "values of {field} in a shape that cannot be read; they are kept as custom data of the provider"
  }),
  /** An optional time that cannot be read. */
  unreadableTime: make("unreadable_time.{field}", {
    effect: "changed",
    says: "values of {field} that are not a time; they are kept as custom data of the provider"
  })
} as const
