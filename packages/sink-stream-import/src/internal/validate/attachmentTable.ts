import type { Dialect } from "../../StreamImportPolicies.ts"
import * as ReservedNames from "../format/reservedNames.ts"
import * as F from "./fields.ts"
import { customObject } from "./fieldsOfObjects.ts"

type AttachmentField = F.Check | "ambiguous" | "known"

const attachment = (
  more: Iterable<readonly [string, AttachmentField]>
): ReadonlyMap<string, AttachmentField> =>
  new Map<string, AttachmentField>([
    ...Array.from(ReservedNames.attachment, (name) => [name, "known"] as const).filter(
      ([name]) => name !== "chatferry" && name !== "__proto__"
    ),
    ["type", F.text],
    ["image_url", F.url],
    ["thumb_url", F.url],
    ["asset_url", F.url],
    ["migrate_resources", F.bool],
    // Reserved by the former validator, which never looked for them.
    ["actions", "ambiguous"],
    ["fields", "ambiguous"],
    ...more
  ])

/** The fields of attachments; any other name is custom data. The JSON Schema has few of them, and allows any value for others. */
export const ATTACHMENTS: Record<Dialect, ReadonlyMap<string, AttachmentField>> = {
  jsonl: attachment([["custom", "ambiguous"]]),
  "json-array": attachment([
    ...Array.from(
      ReservedNames.attachmentTypes,
      ([name, type]) => [name, type === "string" ? F.text : F.integer] as const
    ),
    ["custom", customObject]
  ])
}
