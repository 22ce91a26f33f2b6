// The definition of a table, compiled once.
import { Consequence, type Entity } from "@chatferry/core"
import { declared } from "./consequences.ts"
import { type AnyField, type Kept, namesOf, type Raw } from "./field.ts"

/** The settings that all tables of a provider share. */
export interface Settings {
  readonly name: string
  readonly isBlank: (value: unknown) => boolean
  readonly secrets?: ReadonlyArray<string> | undefined
  readonly isSecret?: ((name: string, value: unknown) => boolean) | undefined
}

export type Draft = Record<string, unknown>

/** How fields that a table does not name are treated. */
type Unknown = "keep" | "keepUnlessBlank" | "drop" | ((x: never, names: ReadonlyArray<string>) => void)

type Inner = (values: ReadonlyArray<unknown>, of: never, context: never, within: string) => void

export interface Rest {
  readonly kept?: ReadonlyArray<string | Kept> | undefined
  readonly dropped?: ReadonlyArray<string> | undefined
  readonly secrets?: ReadonlyArray<string> | undefined
  readonly elsewhere?: ReadonlyArray<string> | undefined
  readonly also?: ReadonlyArray<AnyField> | undefined
  readonly each?: { readonly [name: string]: Inner } | undefined
  readonly unknown?: Unknown | undefined
  readonly isEnough?: ((raw: Raw) => boolean) | undefined
}

export interface Entry {
  /** The field of the model; `""` for an entry without one. */
  readonly to: string
  readonly field: AnyField
}

/** The role of a record's field in a table. */
type Role = "read" | "kept" | "dropped" | "secret"

export class Definition {
  readonly settings: Settings
  readonly label: string
  readonly tag: Entity.Kind | undefined
  readonly entries: ReadonlyArray<Entry>
  readonly also: ReadonlyArray<Entry>
  readonly kept: ReadonlyArray<Kept>
  readonly rest: Rest
  readonly #secretsOf: string
  readonly #roles = new Map<string, Role>()

  /** `secretsOf`: the label under which secrets are counted. */
  constructor(
    settings: Settings,
    label: string,
    secretsOf: string,
    tag: Entity.Kind | undefined,
    fields: Readonly<Record<string, AnyField>>,
    rest: Rest
  ) {
    this.settings = settings
    this.label = label
    this.tag = tag
    this.rest = rest
    this.#secretsOf = secretsOf
    this.entries = Object.entries(fields).map(([to, field]) => ({ to, field }))
    this.also = (rest.also ?? []).map((field) => ({ to: "", field }))
    this.kept = (rest.kept ?? []).map((one) =>
      typeof one === "string" ? { names: [one], read: undefined, isNothing: undefined } : one
    )
    const read = [...this.entries, ...this.also].flatMap(({ field }) => namesOf(field))
    const inner = Object.keys(rest.each ?? {})
    this.#declare("read", [...read, ...(rest.elsewhere ?? []), ...inner])
    this.#declare(
      "kept",
      this.kept.flatMap(({ names }) => names)
    )
    this.#declare("dropped", rest.dropped ?? [])
    this.#declare("secret", [...(settings.secrets ?? []), ...(rest.secrets ?? [])])
    if (tag !== undefined && rest.isEnough !== undefined) {
      throw new Error(`the table ${label} has isEnough, which is for parts: use orReject`)
    }
  }

  roleOf(name: string): Role | undefined {
    return this.#roles.get(name)
  }

  codeOfDropped(name: string): string {
    return Consequence.codeOf(declared.fieldDropped, `${this.label}.${name}`)
  }

  codeOfUnreadable(name: string): string {
    return Consequence.codeOf(declared.unreadableField, `${this.label}.${name}`)
  }

  codeOfSecret(name: string): string {
    return Consequence.codeOf(declared.secretDropped, `${this.#secretsOf}.${name}`)
  }

  #declare(role: Role, names: ReadonlyArray<string>): void {
    for (const name of names) {
      if (this.#roles.has(name)) throw new Error(`the table ${this.label} names ${name} twice`)
      this.#roles.set(name, role)
    }
  }
}
