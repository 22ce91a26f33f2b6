// The consequences of all codes that the inventory counts.
import { Consequence } from "@chatferry/core"

const { make } = Consequence

export const declared = {
  noRestrictedFile: make("no_restricted_file", {
    effect: "left_out_on_purpose",
    says: "messages without a file that needs authorisation or expires, so there is nothing to list"
  }),
  repeatedMessage: make("repeated_message", {
    effect: "information",
    says: "messages that were read more than once and are listed once"
  }),
  needsAuthorisation: make("file_needs_authorisation", {
    effect: "information",
    says: "files that need authorisation",
    action: "Before the import, copy them to a place where the target can fetch them."
  }),
  signedLink: make("file_signed_link", {
    effect: "information",
    says: "files whose address contains a signature or another credential",
    action: "Import or copy them before their links expire."
  }),
  expires: make("file_expires_at", {
    effect: "information",
    says: "files whose address states its expiry",
    action: "Import or copy them before that time."
  })
} as const

export const consequences: ReadonlyArray<Consequence.Consequence> = Object.values(declared)
