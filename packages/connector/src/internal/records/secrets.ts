// Fields that never leave the source.
export interface Secrets {
  readonly isBlank: (value: unknown) => boolean
  readonly secrets?: ReadonlyArray<string> | undefined
  readonly isSecret?: ((name: string, value: unknown) => boolean) | undefined
}

/** Removes secrets at any depth, and returns the same value if there are none. The value must not be nested too deep. */
export const withoutSecrets = <A>(value: A, of: Secrets, onSecret: (name: string) => void): A =>
  (of.secrets !== undefined || of.isSecret !== undefined) && hasSecrets(value, of)
    ? (stripped(value, of, onSecret) as A)
    : value

// internal

const isOne = ({ isSecret, secrets }: Secrets, name: string, value: unknown): boolean =>
  secrets?.includes(name) === true || isSecret?.(name, value) === true

const hasSecrets = (value: unknown, of: Secrets): boolean => {
  if (typeof value !== "object" || value === null) return false
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (hasSecrets(value[i], of)) return true
    return false
  }
  for (const name in value) {
    const inner = (value as Record<string, unknown>)[name]
    if (isOne(of, name, inner) || hasSecrets(inner, of)) return true
  }
  return false
}

const stripped = (value: unknown, of: Secrets, onSecret: (name: string) => void): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map((one: unknown) => stripped(one, of, onSecret))
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      if (!isOne(of, name, inner)) return [[name, stripped(inner, of, onSecret)]]
      if (!of.isBlank(inner)) onSecret(name)
      return []
    })
  )
}
