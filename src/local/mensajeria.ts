import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type ApartadoJson, apartadoAJson } from 'aeroalpes-api/apartados.ts'
import { migraciones } from 'aeroalpes-api/sistema.ts'
import { carpetaDeCorreos } from 'notificaciones/almacen.ts'
import { abrirAlmacen } from 'seedwork/infraestructura/almacen/elegir.ts'
import type { Almacen } from 'seedwork/infraestructura/almacen/puerto.ts'
import { ARCHIVO, abrirAlmacenSqlite } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { abrirBrokerEmbebido } from 'seedwork/infraestructura/broker/embebido/broker.ts'
import { migracionesEmbebido } from 'seedwork/infraestructura/broker/embebido/tablas.ts'
import type { FiltroDeApartados } from 'seedwork/infraestructura/broker/puerto.ts'
import { crearApartados } from 'seedwork/infraestructura/broker/pulsar/apartados.ts'
import { migracionesPulsar } from 'seedwork/infraestructura/broker/pulsar/tablas.ts'
import { CarpetaOcupada, tomarCarpeta } from 'seedwork/infraestructura/proceso/carpeta.ts'
import { Remediable } from 'seedwork/infraestructura/proceso/remediable.ts'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'
import { type ClaveActor, firmarActor } from 'seedwork/presentacion/actor.ts'

export type ApartadoVisto = ApartadoJson

/** Lo apartado de una carpeta de datos, esté o no corriendo quien la usa. */
export type Mensajeria = Readonly<{
  ver: (filtro: FiltroDeApartados) => Promise<readonly ApartadoVisto[]>
  reintentar: (filtro: FiltroDeApartados) => Promise<number>
  cerrar: () => Promise<void>
}>

type Partes = Readonly<{
  entorno: Entorno
  broker: 'embebido' | 'pulsar'
  /** `sqlite`, la de la carpeta, o la dirección de una base de PostgreSQL. */
  base: string
  /** Con la que firma quien pide a la API. */
  clave: () => ClaveActor
}>

/** Lo apartado por la API y, sobre un Pulsar, por las notificaciones; con el embebido, todo lo tiene la API. */
export const mensajeriaDeCarpeta = async (carpeta: string, dadas: Partes): Promise<Mensajeria> => {
  const { entorno, broker } = dadas
  const partes = [await deLaApi(carpeta, dadas), ...(broker === 'pulsar' ? await deLasNotificaciones(carpeta, entorno) : [])]
  return {
    ver: async (filtro) => (await Promise.all(partes.map((parte) => parte.ver(filtro)))).flat(),
    reintentar: async (filtro) => (await Promise.all(partes.map((parte) => parte.reintentar(filtro)))).reduce((a, b) => a + b, 0),
    cerrar: async () => void (await Promise.all(partes.map((parte) => parte.cerrar()))),
  }
}

/**
 * Un solo proceso escribe en la carpeta: si otro la tiene se le pide a él; si no, se abre. Sólo el candado sabe cuál es el caso. En
 * PostgreSQL escriben todos.
 */
const deLaApi = async (carpeta: string, { entorno, broker, base, clave }: Partes): Promise<Mensajeria> => {
  if (base !== 'sqlite') {
    const almacen = await abrirAlmacen({ base, carpeta, entorno, migraciones: [migracionesPulsar], alFallar: console.error })
    return enAlmacen(almacen, almacen.cerrar)
  }
  try {
    return await enCarpeta(carpeta, entorno, broker)
  } catch (error) {
    if (!(error instanceof CarpetaOcupada) || error.direcciones?.api === undefined) throw error
    return porHttp(error.direcciones.api, clave(), entorno)
  }
}

/** Las notificaciones guardan lo suyo en su base. Lo que se le devuelva lo toma su proceso: ya si corre, y si no, al volver. */
const deLasNotificaciones = async (datos: string, entorno: Entorno): Promise<readonly Mensajeria[]> => {
  const carpeta = carpetaDeCorreos(datos)
  if (!hayApartadosEn(carpeta)) return []
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno, migraciones: [migracionesPulsar], alFallar: console.error })
  return [enAlmacen(almacen, almacen.cerrar)]
}

const hayApartadosEn = (carpeta: string): boolean => {
  const archivo = join(carpeta, ARCHIVO)
  if (!existsSync(archivo)) return false
  const db = new DatabaseSync(archivo, { readOnly: true })
  const tabla = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'pulsar_apartados'").get()
  db.close()
  return tabla !== undefined
}

/** Lo que el adaptador de Pulsar apartó está en su almacén: no hace falta hablar con Pulsar. */
const enAlmacen = (almacen: Almacen, cerrar: () => Promise<void>): Mensajeria => {
  const { ver, reintentar } = crearApartados({ almacen, suscripcion: () => undefined })
  return { ver: async (filtro) => (await ver(filtro)).map(apartadoAJson), reintentar, cerrar }
}

const porHttp = (api: string, clave: ClaveActor, { reloj }: Entorno): Mensajeria => {
  const actor = firmarActor(clave, { id: 'linea-de-comandos', rol: 'operador' }, reloj.ahora() + 60_000)
  const pedir = async <T>(camino: string, opciones: RequestInit = {}): Promise<T> => {
    const respuesta = await fetch(`${api}${camino}`, { ...opciones, headers: { 'x-actor': actor, 'content-type': 'application/json' } })
    const cuerpo: unknown = await respuesta.json()
    if (!respuesta.ok) throw new Remediable((cuerpo as { detail: string }).detail)
    return cuerpo as T
  }
  return {
    ver: (filtro) => pedir<ApartadoVisto[]>(`/mensajes/apartados?${new URLSearchParams({ ...filtro })}`),
    reintentar: async (filtro) =>
      (await pedir<{ reintentados: number }>('/mensajes/apartados/reintentar', { method: 'POST', body: JSON.stringify(filtro) }))
        .reintentados,
    cerrar: async () => {},
  }
}

const enCarpeta = async (carpeta: string, entorno: Entorno, cual: Partes['broker']): Promise<Mensajeria> => {
  const candado = tomarCarpeta(carpeta)
  const deBroker = cual === 'pulsar' ? migracionesPulsar : migracionesEmbebido
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno, migraciones: [deBroker, ...migraciones], alFallar: console.error })
  if (cual === 'pulsar')
    return enAlmacen(almacen, async () => {
      await almacen.cerrar()
      candado.soltar()
    })
  const broker = await abrirBrokerEmbebido({ almacen, entorno, conservarMs: Number.POSITIVE_INFINITY, alFallar: console.error })
  return {
    ver: async (filtro) => (await broker.apartados.ver(filtro)).map(apartadoAJson),
    reintentar: broker.apartados.reintentar,
    cerrar: async () => {
      await broker.cerrar()
      await almacen.cerrar()
      candado.soltar()
    },
  }
}
