// Fields that never leave the source.
export interface Secrets {
  readonly isBlank: (value: unknown) => boolean
  readonly secrets?: ReadonlyArray<string> | undefined
}

/** The value without secrets at any depth; the same value when there are none. It must not be nested too deep. */
export const withoutSecrets = <A>(
  value: A,
  { isBlank, secrets = [] }: Secrets,
  onSecret: (name: string) => void
): A =>
  secrets.length > 0 && hasSecrets(value, secrets)
    ? (stripped(value, isBlank, secrets, onSecret) as A)
    : value

// internal

const hasSecrets = (value: unknown, secrets: ReadonlyArray<string>): boolean => {
  if (typeof value !== "object" || value === null) return false
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (hasSecrets(value[i], secrets)) return true
    return false
  }
  for (const name in value) {
    if (secrets.includes(name) || hasSecrets((value as Record<string, unknown>)[name], secrets)) return true
  }
  return false
}

const stripped = (
  value: unknown,
  isBlank: (value: unknown) => boolean,
  secrets: ReadonlyArray<string>,
  onSecret: (name: string) => void
): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map((one: unknown) => stripped(one, isBlank, secrets, onSecret))
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      if (!secrets.includes(name)) return [[name, stripped(inner, isBlank, secrets, onSecret)]]
      if (!isBlank(inner)) onSecret(name)
      return []
    })
  )
}
