import { type ApartadoJson, apartadoAJson } from 'aeroalpes-api/apartados.ts'
import { migraciones } from 'aeroalpes-api/sistema.ts'
import { abrirAlmacenSqlite } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { abrirBrokerEmbebido } from 'seedwork/infraestructura/broker/embebido/broker.ts'
import { migracionesEmbebido } from 'seedwork/infraestructura/broker/embebido/tablas.ts'
import type { FiltroDeApartados } from 'seedwork/infraestructura/broker/puerto.ts'
import { CarpetaOcupada, tomarCarpeta } from 'seedwork/infraestructura/proceso/carpeta.ts'
import { leerClave } from 'seedwork/infraestructura/proceso/clave.ts'
import { Remediable } from 'seedwork/infraestructura/proceso/remediable.ts'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'
import { firmarActor } from 'seedwork/presentacion/actor.ts'

export type ApartadoVisto = ApartadoJson

/** Lo apartado de una carpeta de datos, esté o no corriendo quien la usa. */
export type Mensajeria = Readonly<{
  ver: (filtro: FiltroDeApartados) => Promise<readonly ApartadoVisto[]>
  reintentar: (filtro: FiltroDeApartados) => Promise<number>
  cerrar: () => Promise<void>
}>

/** Un solo proceso escribe en la carpeta: si otro la tiene se le pide a él; si no, se abre. Sólo el candado sabe cuál es el caso. */
export const mensajeriaDeCarpeta = async (carpeta: string, entorno: Entorno): Promise<Mensajeria> => {
  try {
    return await enCarpeta(carpeta, entorno)
  } catch (error) {
    if (!(error instanceof CarpetaOcupada) || error.direcciones?.api === undefined) throw error
    return porHttp(error.direcciones.api, carpeta, entorno)
  }
}

const porHttp = (api: string, carpeta: string, { reloj }: Entorno): Mensajeria => {
  const actor = firmarActor(leerClave(carpeta), { id: 'linea-de-comandos', rol: 'operador' }, reloj.ahora() + 60_000)
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

const enCarpeta = async (carpeta: string, entorno: Entorno): Promise<Mensajeria> => {
  const candado = tomarCarpeta(carpeta)
  const almacen = await abrirAlmacenSqlite({
    carpeta,
    entorno,
    migraciones: [migracionesEmbebido, ...migraciones],
    alFallar: console.error,
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
