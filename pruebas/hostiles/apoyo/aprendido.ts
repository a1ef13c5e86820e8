/** Lo que se aprende de las respuestas y se vuelve a usar al pedir: de cada clase, lo primero se conserva y lo demás se renueva. */
export type Aprendido = Readonly<{
  agregar: (clase: string, valor: string) => void
  dar: (clase: string, cual: number) => string
  /** Cuántos se aprendieron de cada clase. */
  cuentas: () => Readonly<Record<string, number>>
}>

const SE_RECUERDAN = 400
const SE_CONSERVAN = 40

/** Las claves de una respuesta cuyo valor es algo con que se puede volver a pedir, y de qué clase. */
const CLASES: Readonly<Record<string, string>> = {
  id: 'id',
  id_reserva: 'id',
  id_operacion: 'operacion',
  localizador: 'localizador',
  apellido: 'apellido',
  id_oferta: 'id_oferta',
  siguiente: 'token_pagina',
  topico: 'topico',
}

export const crearAprendido = (): Aprendido => {
  const porClase = new Map<string, { valores: string[]; total: number }>()
  return {
    agregar: (clase, valor) => {
      const suyos = porClase.get(clase) ?? { valores: [], total: 0 }
      porClase.set(clase, suyos)
      const lugar = suyos.total < SE_RECUERDAN ? suyos.total : SE_CONSERVAN + (suyos.total % (SE_RECUERDAN - SE_CONSERVAN))
      suyos.valores[lugar] = valor
      suyos.total += 1
    },
    dar: (clase, cual) => {
      const valores = porClase.get(clase)?.valores ?? []
      return valores[cual % Math.max(1, valores.length)] ?? '00000000-0000-4000-8000-000000000000'
    },
    cuentas: () => Object.fromEntries([...porClase].map(([clase, { total }]) => [clase, total])),
  }
}

/** Aprende de un cuerpo JSON, hasta el fondo. */
export const aprenderDe = (aprendido: Aprendido, valor: unknown): void => {
  if (typeof valor !== 'object' || valor === null) return
  for (const [clave, interior] of Object.entries(valor))
    if (typeof interior !== 'string') aprenderDe(aprendido, interior)
    else if (CLASES[clave] !== undefined) aprendido.agregar(CLASES[clave], interior)
}

/** Un lugar para algo aprendido: se resuelve al enviarlo, con lo que entonces se sepa. */
export class Ficha {
  readonly clase: string
  readonly cual: number
  static fuente: Aprendido = crearAprendido()

  constructor(clase: string, cual: number) {
    this.clase = clase
    this.cual = cual
  }

  toString(): string {
    return Ficha.fuente.dar(this.clase, this.cual)
  }

  toJSON(): string {
    return this.toString()
  }
}
