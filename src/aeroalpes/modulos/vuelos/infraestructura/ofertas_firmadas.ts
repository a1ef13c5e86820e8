import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ClaveActor } from 'seedwork/presentacion/actor.ts'
import type { Clase } from '../dominio/objetos_valor.ts'
import { type Oferta, type Ofertas, oferta_invalida } from '../dominio/oferta.ts'

/** En el orden en que se escribe: un identificador corto cabe en cualquier parte. */
type Carga = readonly [
  version: 1,
  emitida: number,
  clase: Clase,
  moneda: Oferta['moneda'],
  viajeros: readonly [number, number, number],
  total: number,
  odos: readonly (readonly (readonly [string, string, string, number, number, number])[])[],
]

const aCarga = ({ emitida, clase, moneda, viajeros, total, odos }: Oferta): Carga => [
  1,
  emitida,
  clase,
  moneda,
  [viajeros.adultos, viajeros.menores, viajeros.infantes],
  total,
  odos.map((vuelos) => vuelos.map((v) => [v.aerolinea, v.origen, v.destino, v.turno, v.dia, v.salida])),
]

const deCarga = ([, emitida, clase, moneda, [adultos, menores, infantes], total, odos]: Carga): Oferta => ({
  emitida,
  clase,
  moneda,
  viajeros: { adultos, menores, infantes },
  total,
  odos: odos.map((vuelos) =>
    vuelos.map(([aerolinea, origen, destino, turno, dia, salida]) => ({ aerolinea, origen, destino, turno, dia, salida })),
  ),
})

/** Las ofertas se firman con la clave del servicio. Lo firmado empieza por `oferta.`: ninguna otra firma suya sirve de oferta. */
export const ofertasFirmadas = (clave: ClaveActor): Ofertas => {
  const firma = (carga: string): string => createHmac('sha256', clave).update(`oferta.${carga}`).digest('base64url')
  return {
    firmar: (oferta) => {
      const carga = Buffer.from(JSON.stringify(aCarga(oferta))).toString('base64url')
      return `${carga}.${firma(carga)}`
    },
    leer: (id_oferta) => {
      const [carga = '', suFirma = '', sobra] = id_oferta.split('.', 3)
      const [suya, mia] = [Buffer.from(suFirma), Buffer.from(firma(carga))]
      if (sobra !== undefined || suya.length !== mia.length || !timingSafeEqual(suya, mia)) throw oferta_invalida()
      return deCarga(JSON.parse(Buffer.from(carga, 'base64url').toString()))
    },
  }
}
