import { topicos } from 'aeroalpes-api/sistema.ts'
import type { EsquemaRecord } from 'seedwork/infraestructura/mensajes/esquema_avro.ts'
import { compilarTipo } from 'seedwork/infraestructura/mensajes/esquema_topico.ts'
import { MensajeIndescifrable } from 'seedwork/infraestructura/mensajes/indescifrable.ts'
import { lectorDe } from 'seedwork/infraestructura/mensajes/lectura.ts'
import type { Azar } from 'seedwork/infraestructura/puertos.ts'
import { valorDe } from '../avro/bytes.ts'
import { anteriores, losPares } from '../avro/pares.ts'
import { INTRUSO } from './casos.ts'

/** Los que escribe quien le añadió a su esquema un mapa y un campo que este servicio no conoce. */
const lectores = topicos.map(({ nombre, dataschema, esquema }) => {
  const escritor: EsquemaRecord = {
    ...esquema,
    fields: [
      ...esquema.fields,
      { name: INTRUSO, type: ['null', 'string'], default: null },
      { name: 'mapa', type: { type: 'map', values: 'string' } },
    ],
  }
  const ajeno = { topico: nombre, esquema: escritor, tipo: compilarTipo(escritor) }
  const leer = lectorDe({
    topico: nombre,
    dataschema,
    esquema,
    tipo: compilarTipo(esquema),
    tutorial: anteriores(esquema).at(-1) ?? esquema,
  })
  const leerBytes = (datos: Buffer): unknown =>
    leer(
      { topico: nombre, id: 'i', llave: null, datos, propiedades: { dataschema: 'ajeno' }, posicion: '1', instante: 1 },
      { porDataschema: () => ajeno },
    )
  return { ajeno, leerBytes }
})
const mapas = losPares({ control: false }).at(-1)

const CLAVES = ['__proto__', 'constructor', 'prototype', INTRUSO, 'toString', '']

const contiene = (valor: unknown): boolean =>
  typeof valor === 'object' && valor !== null && Object.entries(valor).some(([clave, interior]) => clave === INTRUSO || contiene(interior))

/** Una clave hostil escrita a mano en un mapa: avsc no la escribiría. */
const mapaCon = (clave: string): Buffer => {
  const texto = Buffer.from(clave)
  // mapa: un bloque de una entrada, su clave, un texto y el fin; después, los demás campos vacíos.
  return Buffer.concat([Buffer.from([2, texto.length * 2]), texto, Buffer.from([2, 2, 0x78, 0, 0, 0, 0])])
}

const intentar = (leer: () => unknown): unknown => {
  try {
    return leer()
  } catch (error) {
    if (error instanceof MensajeIndescifrable) return undefined
    throw error
  }
}

/** Lee un mensaje con campos y claves ajenas, y da lo que quedó mal. */
export const leerAjeno = (azar: Azar): string | undefined => {
  const { ajeno, leerBytes } = lectores[Math.floor(azar() * lectores.length)] as (typeof lectores)[number]
  const valor = valorDe(ajeno.esquema, azar) as Record<string, unknown>
  const leido = intentar(() => leerBytes(ajeno.tipo.toBuffer({ ...valor, [INTRUSO]: INTRUSO })))
  if (contiene(leido)) return 'lo leído lleva un campo que el lector no declara'
  const clave = CLAVES[Math.floor(azar() * CLAVES.length)] as string
  const delMapa = intentar(() => mapas?.leer(mapaCon(clave))) as { mapa?: object } | undefined
  if (delMapa?.mapa !== undefined && Object.getPrototypeOf(delMapa.mapa) !== Object.prototype)
    return `«${clave}» cambió el prototipo de un mapa`
  return INTRUSO in {} ? 'Object.prototype tiene un intruso' : undefined
}
