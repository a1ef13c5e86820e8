import { ErrorDominio, type Texto } from '../../dominio/errores.ts'

/** Los bytes de un mensaje no son lo que dicen ser. Repetir no lo arregla: va derecho al tópico de apartados, con el motivo. */
export class MensajeIndescifrable extends ErrorDominio {
  constructor(motivo: Texto, causa?: unknown) {
    super({
      codigo: 'mensaje_indescifrable',
      clase: 'invalido',
      texto: { es: `El mensaje no se puede descifrar: ${motivo.es}.`, en: `The message cannot be decoded: ${motivo.en}.` },
      causa,
    })
    this.name = 'MensajeIndescifrable'
  }
}
