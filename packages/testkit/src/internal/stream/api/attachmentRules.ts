// The contents of an attachment: its own fields have types, and any other field is custom data.
import { type Dialect, isFields } from "./items.ts"
import { flag, list, type Rule, text, whole } from "./rules.ts"

export const attachments = (dialect: Dialect): Rule => list(dialect === "jsonl" ? ofLine : ofArray, MOST)

// internal

const MOST = 30

/** A URL that Stream can fetch. */
const address: Rule = (value, field) =>
  typeof value === "string" && value.startsWith("https://") && URL.canParse(value)
    ? undefined
    : `"${field}" must be an https URL`

/** Fields named by the schemas, which do not accept null. */
const SCHEMA: Readonly<Record<string, Rule>> = {
  type: text(),
  image_url: address,
  thumb_url: address,
  asset_url: address,
  migrate_resources: flag
}

/** Additional fields of the former validator's type; null counts as absent. */
const NAMED: Readonly<Record<string, Rule>> = {
  ...Object.fromEntries(
    [
      "fallback",
      "color",
      "pretext",
      "author_name",
      "author_link",
      "author_icon",
      "title",
      "title_link",
      "text",
      "footer",
      "footer_icon",
      "og_scrape_url"
    ].map((name) => [name, text()])
  ),
  original_width: whole,
  original_height: whole,
  size: whole,
  custom: (value, field) => (isFields(value) ? undefined : `"${field}" must be an object`)
}

const attachment =
  (strict: Readonly<Record<string, Rule>>, lenient: Readonly<Record<string, Rule>>, hasType: boolean): Rule =>
  (value) => {
    if (!isFields(value)) return `"attachment" must be an object`
    if (hasType && (value["type"] ?? "") === "") return `"attachment.type" required`
    for (const [name, one] of Object.entries(value)) {
      const rule = strict[name] ?? (one === null ? undefined : lenient[name])
      const problem = rule?.(one, `attachment.${name}`)
      if (problem !== undefined) return problem
    }
    return undefined
  }

const ofLine = attachment(SCHEMA, NAMED, false)
const ofArray = attachment({}, { ...SCHEMA, ...NAMED }, true)
