import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { firmarActor } from 'seedwork/presentacion/actor.ts'
import type { Diario, Firmas } from './carga.ts'
import { deAPocos, hastaQue } from './hechos.ts'
import type { Restos } from './leyes.ts'

const HORA_MS = 3_600_000
const PLAZO_MS = 15_000

/** Las firmas de unos viajeros y de un operador, hechas con la clave que el servidor dejó en su carpeta. */
export const firmasDe = (carpeta: string, ...viajeros: readonly string[]): FirmasHechas =>
  firmasCon(Buffer.from(readFileSync(join(carpeta, 'clave-actor'), 'utf8'), 'base64url'), ...viajeros)

type FirmasHechas = Readonly<{ viajeros: Firmas; operador: string }>

export const firmasCon = (clave: Buffer, ...viajeros: readonly string[]): FirmasHechas => {
  const firmar = (id: string, rol: 'viajero' | 'operador') => firmarActor(clave, { id, rol }, Date.now() + HORA_MS)
  return { viajeros: Object.fromEntries(viajeros.map((id) => [id, firmar(id, 'viajero')])), operador: firmar('prueba', 'operador') }
}

/** Lo que responde un GET, que debe ser 200. */
export const leer = async <T>(url: string, cabeceras: Readonly<Record<string, string>> = {}): Promise<T> => {
  const respuesta = await fetch(url, { headers: cabeceras, signal: AbortSignal.timeout(PLAZO_MS) })
  const texto = await respuesta.text()
  if (respuesta.status !== 200) throw new Error(`${url}: ${respuesta.status} ${texto}`)
  return JSON.parse(texto) as T
}

/** Espera a que cada consumidor haya saldado todo, según las métricas. */
export const drenado = (api: string, plazoMs?: number): Promise<true> =>
  hastaQue(
    'que no quede nada por saldar',
    async () => {
      const texto = await (await fetch(`${api}/metrics`)).text()
      const pendientes = [...texto.matchAll(/^broker_pendientes\{.*\} (\d+)$/gm)].map(([, cuantos]) => Number(cuantos))
      return pendientes.length > 0 && pendientes.every((cuantos) => cuantos === 0)
    },
    plazoMs,
  )

/** Todas las páginas de una lista, siguiendo `Link`. */
const paginas = async <T>(api: string, camino: string, actor: string): Promise<readonly T[]> => {
  const todo: T[] = []
  for (let siguiente: string | undefined = `${camino}?tamano_pagina=100`; siguiente !== undefined; ) {
    const respuesta: Response = await fetch(new URL(siguiente, api), {
      headers: { 'x-actor': actor },
      signal: AbortSignal.timeout(PLAZO_MS),
    })
    todo.push(...((await respuesta.json()) as T[]))
    siguiente = /<([^>]+)>; rel="next"/.exec(respuesta.headers.get('link') ?? '')?.[1]
  }
  return todo
}

type ReservaVista = Readonly<{ id: string; estado: string }>
type LineaVista = Readonly<{ id_reserva: string; estado: string; version: number }>
type OperacionVista = Readonly<{ estado: string; id_reserva: string }>

/** Las diferencias entre lo que la API muestra y lo que el archivo guarda, y lo aceptado que la API no muestra. */
export const faltasPorFuera = async (
  api: string,
  { restos, diario, firmas }: { restos: Restos; diario: Diario; firmas: FirmasHechas },
): Promise<readonly string[]> => {
  const halladas: string[] = []
  const guardadas = new Map(restos.reservas.map(({ id, estado }) => [id, estado]))
  const vistas = new Map((await paginas<ReservaVista>(api, '/vuelos/reserva', firmas.operador)).map(({ id, estado }) => [id, estado]))
  if (vistas.size !== guardadas.size) halladas.push(`la lista muestra ${vistas.size} reservas y hay ${guardadas.size}`)
  for (const [id, estado] of guardadas)
    if (vistas.get(String(id)) !== estado) halladas.push(`la lista muestra ${id} ${vistas.get(String(id))} y está ${estado}`)

  await deAPocos(diario, async ({ hace, desenlace, quien, id_reserva, id_operacion }) => {
    if (desenlace !== 'ok') return
    const cabeceras = quien === null ? {} : { 'x-actor': firmas.viajeros[quien] ?? '' }
    if (hace === 'crear') {
      const { id, estado } = await leer<ReservaVista>(`${api}/vuelos/reserva/${id_reserva}`, cabeceras)
      if (guardadas.get(id) !== estado) halladas.push(`la reserva ${id} se lee ${estado}`)
    } else {
      const { estado, id_reserva: de } = await leer<OperacionVista>(`${api}/operaciones/${id_operacion}`, cabeceras)
      if (de !== id_reserva || !['completada', 'fallida'].includes(estado))
        halladas.push(`la operación ${id_operacion} se lee ${estado} de ${de}`)
    }
  })

  for (const [viajero, firma] of Object.entries(firmas.viajeros)) {
    const historial = await paginas<LineaVista>(api, '/cliente/historial', firma)
    const leido = historial.map(({ id_reserva, estado, version }) => `${id_reserva} ${estado} ${version}`).sort()
    const suyas = restos.reservas.filter(({ id_cliente }) => id_cliente === viajero)
    const debido = suyas.map(({ id, estado, version }) => `${id} ${estado} ${version}`).sort()
    if (leido.join() !== debido.join()) halladas.push(`el historial de ${viajero} no es el de sus reservas`)
  }
  return halladas
}
