// Every code that the inventory counts, with what it means.
import { Consequence } from "@chatferry/core"

const { make } = Consequence

export const declared = {
  noRestrictedFile: make("no_restricted_file", {
    effect: "left_out_on_purpose",
    says: "messages without a file that needs authorisation or expires: there is nothing to list of them"
  }),
  repeatedMessage: make("repeated_message", {
    effect: "information",
    says: "messages that came more than once and are listed once"
  }),
  needsAuthorisation: make("file_needs_authorisation", {
    effect: "information",
    says: "files that need authorisation",
    action: "Copy them to where the target can fetch them before the import."
  }),
  signedLink: make("file_signed_link", {
    effect: "information",
    says: "files whose address carries a signature or another credential",
    action: "Import or copy them before their links end."
  }),
  expires: make("file_expires_at", {
    effect: "information",
    says: "files whose address says when it ends",
    action: "Import or copy them before that time."
  })
} as const

export const consequences: ReadonlyArray<Consequence.Consequence> = Object.values(declared)
