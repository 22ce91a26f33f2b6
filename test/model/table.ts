/** The table of fields in the documentation, generated from the map. */
import { Entity } from "@chatferry/core"
import { lacks, losses } from "./fieldMap.ts"
import { pathsOf } from "./paths.ts"

export const page = "docs/canonical-model.md"

/** The page with its table replaced; fails if the table has no place. */
export const withTable = (text: string): string => {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (from === -1 || to < from) throw new Error(`${page} has no place for the fields`)
  return `${text.slice(0, from)}${BEGIN}\n\n${table()}\n\n${text.slice(to)}`
}

// internal

const BEGIN = "<!-- fields: `npx -y pnpm@12 consequences` writes what follows -->"
const END = "<!-- end of the fields -->"

const table = (): string =>
  [
    "| field | Sendbird in | Stream in | Stream import, `jsonl` | Stream import, `json-array` |",
    "| - | - | - | - | - |",
    ...Entity.kinds.flatMap((kind) => pathsOf(kind).map((path) => row(kind, path)))
  ].join("\n")

const row = (kind: Entity.Kind, path: string): string => {
  const given = [lacks.sendbird, lacks.stream].map((of) => {
    const why = of[kind][path]
    return why === undefined ? "yes" : `no: ${why}`
  })
  const written = [losses.jsonl, losses["json-array"]].map((of) => {
    if (kind === "failed_webhook") return "dropped and counted (`unsupported_kind`)"
    const loss = of[`${kind}.${path}`]
    if (loss === undefined) return "yes"
    return loss.code === undefined ? loss.says : `${loss.says}; counted as \`${loss.code}\``
  })
  return `| \`${kind}.${path}\` | ${[...given, ...written].join(" | ")} |`
}
