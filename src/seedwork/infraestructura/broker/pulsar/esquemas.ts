import { ErrorDominio } from '../../../dominio/errores.ts'
import { comprobarCompatible } from '../../mensajes/compatibilidad.ts'
import type { EsquemaRecord } from '../../mensajes/esquema_avro.ts'
import { compilarTipo } from '../../mensajes/esquema_topico.ts'
import type { RegistroEsquemas } from '../../mensajes/esquemas.ts'
import type { EsquemaConocido } from '../../mensajes/lectura.ts'
import { type Administracion, administrar } from './admin.ts'
import { type ServicioDado, servicioPulsar } from './servicio.ts'

/** Un tópico y el esquema de sus mensajes: un `TopicoDeclarado` lo es. */
export type EsquemaARegistrar = Readonly<{ nombre: string; dataschema: string; esquema: EsquemaRecord }>

/**
 * Registra los esquemas en Pulsar, después de comprobar aquí, campo por campo, que caben con el último que hay: lo que Pulsar contesta
 * cuando no caben no dice por qué. Lanza `esquema_incompatible`. Uno ya registrado no cambia nada.
 */
export const registrarEsquemas = async (admin: Administracion, esquemas: readonly EsquemaARegistrar[]): Promise<void> => {
  for (const { nombre, dataschema, esquema } of esquemas) {
    const ultimo = (await admin.esquemas(nombre)).at(-1)
    if (ultimo !== undefined) comprobarCompatible({ topico: nombre, anterior: JSON.parse(ultimo.data) as EsquemaRecord, nuevo: esquema })
    if (!(await admin.registrarEsquema(nombre, JSON.stringify(esquema), { dataschema }))) throw rechazado(nombre)
  }
}

const rechazado = (topico: string): ErrorDominio =>
  new ErrorDominio({
    codigo: 'esquema_incompatible',
    clase: 'conflicto',
    texto: {
      es: `Pulsar no acepta el esquema de «${topico}»: no cabe con los registrados bajo la regla de compatibilidad de su espacio.`,
      en: `Pulsar does not accept the schema of "${topico}": it does not fit the registered ones under its namespace's compatibility rule.`,
    },
  })

/**
 * Los esquemas con que se escribió en Pulsar, para un proceso que no tiene el almacén de la API. Los que registró otro programa no
 * dicen su `dataschema` y no hacen falta: quien escribe sin él escribe el record de un campo del tutorial. Lo registrado después de
 * abrir se conoce en la siguiente `registrar` o al abrir otra vez.
 */
export const esquemasDePulsar = async ({
  servicio,
  topicos,
}: Readonly<{ servicio: ServicioDado; topicos: readonly string[] }>): Promise<RegistroEsquemas> => {
  const admin = administrar(servicioPulsar(servicio))
  const conocidos = new Map<string, EsquemaConocido>()
  const leer = async (topico: string): Promise<number> => {
    const registrados = await admin.esquemas(topico)
    for (const { data, properties: { dataschema } = {} } of registrados) {
      if (dataschema === undefined || conocidos.has(dataschema)) continue
      const esquema = JSON.parse(data) as EsquemaRecord
      conocidos.set(dataschema, { topico, esquema, tipo: compilarTipo(esquema) })
    }
    return registrados.length
  }
  for (const topico of topicos) await leer(topico)
  return {
    porDataschema: (dataschema) => conocidos.get(dataschema),
    registrar: async (declarado) => {
      await admin.crearTopico(declarado.nombre)
      await registrarEsquemas(admin, [declarado])
      return leer(declarado.nombre)
    },
  }
}
