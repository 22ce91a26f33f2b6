/** The list of fields in the documentation, which the map writes. */
import { Entity } from "@chatferry/core"
import { item, withPart } from "../markdown.ts"
import { lacks, losses } from "./fieldMap.ts"
import { pathsOf } from "./paths.ts"

export const page = "docs/canonical-model.md"

/** The page with its list in the place of the one that it has; fails where the list has no place. */
export const withList = (text: string): string =>
  withPart(
    text,
    ["<!-- fields: `npx -y pnpm@12 consequences` writes what follows -->", "<!-- end of the fields -->"],
    Entity.kinds.map(section).join("\n\n")
  )

// internal

const PLAIN = "In exports of both, and in the items of both dialects."

/** Fields that share their sentences are one item. */
const section = (kind: Entity.Kind): string => {
  const groups = Map.groupBy(pathsOf(kind), (path) => sentences(kind, path).join("\n"))
  const items = Array.from(groups, ([, paths]) => {
    const names = paths.map((path) => `\`${path}\``).join(", ")
    const [first = PLAIN, ...others] = sentences(kind, paths[0] ?? "")
    return item(`${names}:`, first, ...others)
  })
  return [`**${kind}**`, items.join("\n")].join("\n\n")
}

const sentences = (kind: Entity.Kind, path: string): ReadonlyArray<string> => [
  ...shared(
    { Sendbird: lacks.sendbird[kind][path], Stream: lacks.stream[kind][path] },
    (who, why) => `Not in exports of ${who}: ${why}.`
  ),
  ...shared(
    { "`jsonl`": loss(kind, path, "jsonl"), "`json-array`": loss(kind, path, "json-array") },
    (where, what) => `In ${where}: ${what}.`
  )
]

const loss = (kind: Entity.Kind, path: string, dialect: keyof typeof losses): string | undefined => {
  if (kind === "failed_webhook") return "dropped, and counted as `unsupported_kind`"
  const found = losses[dialect][`${kind}.${path}`]
  return found?.code === undefined ? found?.says : `${found.says}; counted as \`${found.code}\``
}

/** One sentence for both where they say the same. */
const shared = (
  both: Readonly<Record<string, string | undefined>>,
  sentence: (name: string, says: string) => string
): ReadonlyArray<string> => {
  const statements = Object.entries(both).flatMap(([name, says]) =>
    says === undefined ? [] : [{ name, says }]
  )
  const [first, second] = statements
  if (first !== undefined && first.says === second?.says) {
    return [sentence(`${first.name} and ${second.name}`, first.says)]
  }
  return statements.map(({ name, says }) => sentence(name, says))
}
