/** How sure it is that Stream refuses the file: an error is documented, a warning is what only some source says. */
export type Severity = "error" | "warning"

export interface Rule {
  readonly severity: Severity
  /** What is wrong, with `{names}` that a finding fills in. */
  readonly problem: string
  /** The words of Stream's server, or of the validator it had, where they are known. */
  readonly server?: string
  /** How to fix it. */
  readonly hint: string
  /** The dialect it holds in, when it does not hold in both. */
  readonly dialect?: "jsonl" | "json-array"
}

/** Keeps the exact type of one rule. */
export const rule = <const R extends Rule>(one: R): R => one
