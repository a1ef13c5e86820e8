import type { Type } from 'avsc'
import type { MensajeRecibido } from '../broker/puerto.ts'
import { comprobarAcotado } from './acotado.ts'
import type { EsquemaRecord } from './esquema_avro.ts'
import { compilarTipo } from './esquema_topico.ts'
import { MensajeIndescifrable } from './indescifrable.ts'

/** Un esquema con que alguien escribió en un tópico. */
export type EsquemaConocido = Readonly<{ topico: string; esquema: EsquemaRecord; tipo: Type }>

/** Lo que leer necesita del registro de esquemas. */
export type EsquemasConocidos = Readonly<{ porDataschema: (dataschema: string) => EsquemaConocido | undefined }>

type Decodificar = (datos: Uint8Array) => unknown
type Lector = Readonly<{ topico: string; dataschema: string; esquema: EsquemaRecord; tipo: Type; tutorial: EsquemaRecord }>

const RESOLUTORES_MAXIMOS = 64

/** avsc lee de un Buffer: el mismo trozo de memoria, visto como tal. */
const comoBuffer = (datos: Uint8Array): Buffer =>
  Buffer.isBuffer(datos) ? datos : Buffer.from(datos.buffer, datos.byteOffset, datos.byteLength)

const envolviendo = <T>(que: () => T): T => {
  try {
    return que()
  } catch (causa) {
    const detalle = causa instanceof Error ? causa.message : String(causa)
    throw new MensajeIndescifrable(
      { es: `no corresponde a su esquema (${detalle})`, en: `it does not match its schema (${detalle})` },
      causa,
    )
  }
}

/** Lee con `lector` los bytes que escribió `escritor`; primero comprueba que están acotados. */
const decodificador = (lector: Type, escritor: Readonly<{ esquema: EsquemaRecord; tipo: Type }>): Decodificar => {
  const resolutor = lector === escritor.tipo ? undefined : envolviendo(() => lector.createResolver(escritor.tipo))
  return (datos) => {
    comprobarAcotado(escritor.esquema, datos)
    return envolviendo(() => lector.fromBuffer(comoBuffer(datos), resolutor))
  }
}

const desconocido = (dataschema: string): never => {
  throw new MensajeIndescifrable({ es: `nadie registró su esquema «${dataschema}»`, en: `nobody registered its schema "${dataschema}"` })
}

const deOtroTopico = (dataschema: string): never => {
  throw new MensajeIndescifrable({
    es: `su esquema «${dataschema}» es de otro tópico`,
    en: `its schema "${dataschema}" belongs to another topic`,
  })
}

const agregarAcotado = (cache: Map<string, Decodificar>, dataschema: string, nuevo: Decodificar): Decodificar => {
  const masViejo = cache.keys().next().value
  if (cache.size >= RESOLUTORES_MAXIMOS && masViejo !== undefined) cache.delete(masViejo)
  cache.set(dataschema, nuevo)
  return nuevo
}

/**
 * Da los valores de un tópico, en la forma del esquema del lector, sea cual sea el esquema con que se escribieron. El del escritor es
 * el que declara `dataschema` y ningún otro; sin él, los bytes son el record de un campo del tutorial.
 */
export const lectorDe = (lector: Lector): ((mensaje: MensajeRecibido, esquemas: EsquemasConocidos) => unknown) => {
  const propio = decodificador(lector.tipo, lector)
  const tutorial = decodificador(lector.tipo, { esquema: lector.tutorial, tipo: compilarTipo(lector.tutorial) })
  const deOtrasVersiones = new Map<string, Decodificar>()
  const deVersion = (dataschema: string, esquemas: EsquemasConocidos): Decodificar => {
    const escritor = esquemas.porDataschema(dataschema) ?? desconocido(dataschema)
    if (escritor.topico !== lector.topico) deOtroTopico(dataschema)
    return agregarAcotado(deOtrasVersiones, dataschema, decodificador(lector.tipo, escritor))
  }
  return ({ propiedades: { dataschema }, datos }, esquemas) => {
    if (dataschema === lector.dataschema) return propio(datos)
    if (dataschema === undefined) return tutorial(datos)
    return (deOtrasVersiones.get(dataschema) ?? deVersion(dataschema, esquemas))(datos)
  }
}
