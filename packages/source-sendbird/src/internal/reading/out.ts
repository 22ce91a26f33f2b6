// Collects the mapped and rejected records, without secrets in the rejects.
import { RawRecord } from "@chatferry/connector"
import { Consequence, type Rejected } from "@chatferry/core"
import { BatchBuilder } from "@chatferry/core/run"
import { isBlank } from "../records/raw.ts"
import { isSecret, type OnSecret, withoutSecrets, withoutSecretText } from "../records/secrets.ts"

export type Origin = BatchBuilder.Origin

type Kind = Rejected.Rejected["kind"]

export class Out extends BatchBuilder.BatchBuilder {
  constructor({ stripSignedUrls }: { readonly stripSignedUrls: boolean }) {
    super({ stripSignedUrls, bodies: ["message"] })
  }

  /** Returns a callback that counts the secrets of a record. */
  secrets(kind: string): OnSecret {
    return (field) => this.note(Consequence.codeOf(RawRecord.declared.secretDropped, `${kind}.${field}`))
  }

  protected override withoutSecrets(original: unknown, kind: Kind): unknown {
    return withoutSecrets(original, this.secrets(kind))
  }

  protected override keepsField(of: object, field: string, kind: Kind): boolean {
    if (!isSecret(field)) return true
    if (!isBlank((of as Record<string, unknown>)[field])) this.secrets(kind)(field)
    return false
  }

  protected override textWithoutSecrets(text: string, kind: Kind): string {
    return withoutSecretText(text, this.secrets(kind))
  }
}
