/** How certain it is that Stream rejects the file: an error is documented, a warning is based on only some sources. */
export type Severity = "error" | "warning"

export interface Rule {
  readonly severity: Severity
  /** What is wrong, with `{names}` that a finding fills in. */
  readonly problem: string
  /** The words of Stream's server or of its former validator, if they are known. */
  readonly server?: string
  /** How to fix it. */
  readonly hint: string
  /** The dialect to which the rule is limited, if any. */
  readonly dialect?: "jsonl" | "json-array"
}

/** Preserves the exact type of a rule. */
export const rule = <const R extends Rule>(one: R): R => one
