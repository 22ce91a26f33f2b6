// What mapping records comes to, secrets left out of what is rejected.
import { BatchBuilder, Consequence, Leftovers, type Rejected } from "@chatferry/core"
import { type OnSecret, withoutSecrets, withoutSecretText } from "./secrets.ts"

export type Origin = BatchBuilder.Origin

type Kind = Rejected.Rejected["kind"]

export class Out extends BatchBuilder.BatchBuilder {
  /** Counts the secrets of a record. */
  secrets(kind: string): OnSecret {
    return (field) => this.note(Consequence.codeOf(Leftovers.declared.secretDropped, `${kind}.${field}`))
  }

  protected override withoutSecrets(original: unknown, kind: Kind): unknown {
    return withoutSecrets(original, this.secrets(kind))
  }

  protected override textWithoutSecrets(text: string, kind: Kind): string {
    return withoutSecretText(text, this.secrets(kind))
  }
}
