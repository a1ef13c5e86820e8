import { ErrorDominio } from '../../../../dominio/errores.ts'
import { comprobarCompatible } from '../../../mensajes/compatibilidad.ts'
import type { EsquemaRecord } from '../../../mensajes/esquema_avro.ts'
import { compilarTipo, nombreDeEsquema } from '../../../mensajes/esquema_topico.ts'
import { type EsquemaGuardado, esquemasDelTopico } from '../../../mensajes/esquemas.ts'
import { Negado } from './direccion.ts'
import type { ContextoDeAdmin, Respuesta } from './llamada.ts'
import { leerObjeto } from './tramas.ts'

/** Quien registra por aquí sin decir el nombre de su esquema recibe uno. */
const FUENTE_EXTERNA = 'externa'

export const verEsquema = async ({ partes }: ContextoDeAdmin, topico: string): Promise<Respuesta> => {
  const ultimo = (await esquemasDelTopico(partes.almacen.lector, topico)).at(-1)
  if (ultimo === undefined) throw new Negado(404, 'El tópico no tiene esquema.')
  return { estado: 200, cuerpo: comoPulsar(ultimo) }
}

/** Todos los de un tópico, del más viejo al más nuevo. */
export const verEsquemas = async ({ partes }: ContextoDeAdmin, topico: string): Promise<Respuesta> => ({
  estado: 200,
  cuerpo: { getSchemaResponses: (await esquemasDelTopico(partes.almacen.lector, topico)).map(comoPulsar) },
})

/** Uno ya registrado devuelve su versión; uno incompatible con alguno de los anteriores es un 409 que dice el campo y la regla. */
export const registrarEsquema = async ({ esquemas }: ContextoDeAdmin, topico: string, cuerpo: string): Promise<Respuesta> => {
  const { esquema, dataschema } = leerEsquema(topico, cuerpo)
  // El de apartados se registra con el esquema de su tópico y su mismo nombre, que aquí es de uno solo: en éste toma otro.
  const esDeOtro = (esquemas.porDataschema(dataschema)?.topico ?? topico) !== topico
  const version = await esquemas.registrar({ nombre: topico, dataschema: esDeOtro ? nombreExterno(topico, esquema) : dataschema, esquema })
  return { estado: 200, cuerpo: { version: { version: version - 1 } } }
}

export const responderCompatibilidad = async ({ partes }: ContextoDeAdmin, topico: string, cuerpo: string): Promise<Respuesta> => {
  const { esquema } = leerEsquema(topico, cuerpo)
  for (const anterior of await esquemasDelTopico(partes.almacen.lector, topico))
    comprobarCompatible({ topico, anterior: JSON.parse(anterior.esquema), nuevo: esquema })
  return { estado: 200, cuerpo: { schemaCompatibilityStrategy: 'FULL', compatibility: true } }
}

const comoPulsar = ({ version, esquema, dataschema, instante }: EsquemaGuardado) => ({
  version: version - 1,
  type: 'AVRO',
  timestamp: instante,
  data: esquema,
  properties: { dataschema },
})

const leerEsquema = (topico: string, cuerpo: string): Readonly<{ esquema: EsquemaRecord; dataschema: string }> => {
  const { type, schema, properties } = leerObjeto(cuerpo) ?? {}
  if (type !== 'AVRO' || typeof schema !== 'string') throw new Negado(422, 'Sólo se registran esquemas AVRO.')
  const esquema = leerObjeto(schema) as EsquemaRecord | undefined
  if (esquema?.type !== 'record') throw new Negado(422, 'El esquema de un tópico es un record.')
  exigirAvro(esquema)
  const dicho = typeof properties === 'object' && properties !== null && 'dataschema' in properties ? properties.dataschema : undefined
  const dataschema = typeof dicho === 'string' ? dicho : nombreExterno(topico, esquema)
  return { esquema, dataschema }
}

const nombreExterno = (topico: string, esquema: EsquemaRecord): string =>
  nombreDeEsquema({ fuente: FUENTE_EXTERNA, nombre: topico, version: 1, esquema })

const exigirAvro = (esquema: EsquemaRecord): void => {
  try {
    compilarTipo(esquema)
  } catch (causa) {
    throw new ErrorDominio({
      codigo: 'esquema_invalido',
      clase: 'invalido',
      texto: { es: `Eso no es un esquema Avro: ${String(causa)}`, en: `That is not an Avro schema: ${String(causa)}` },
    })
  }
}
