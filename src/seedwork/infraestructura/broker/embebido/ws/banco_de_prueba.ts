import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as pausa } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { abrirAlmacenSqlite } from '../../../almacen/sqlite/almacen.ts'
import { entornoReal } from '../../../entorno_real.ts'
import { migracionesEsquemas, registroDeEsquemas } from '../../../mensajes/esquemas.ts'
import type { Mensaje } from '../../puerto.ts'
import { abrirBrokerEmbebido } from '../broker.ts'
import { migracionesEmbebido } from '../tablas.ts'
import type { LimitesWs } from './limites.ts'
import { crearServidorWs } from './servidor.ts'
import { migracionesWs } from './tablas.ts'

export const MIGRACIONES = [migracionesEmbebido, migracionesWs, migracionesEsquemas] as const
const PLAZO_MS = 10_000

/** El broker embebido de verdad con su servidor de WebSocket en un puerto libre. */
export const abrirServidor = async (
  t: Pick<TestContext, 'after'>,
  opciones: Readonly<{ token?: string; limites?: Partial<LimitesWs> }> = {},
) => {
  const carpeta = mkdtempSync(join(tmpdir(), 'broker-ws-'))
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno: entornoReal, migraciones: MIGRACIONES })
  const fallas: unknown[] = []
  const alFallar = (error: unknown): void => void fallas.push(error)
  const broker = await abrirBrokerEmbebido({ almacen, entorno: entornoReal, conservarMs: Number.POSITIVE_INFINITY, alFallar })
  const esquemas = await registroDeEsquemas({ almacen, reloj: entornoReal.reloj })
  const servidor = crearServidorWs({ broker, almacen, esquemas, entorno: entornoReal, alFallar, ...opciones })
  const url = await servidor.escuchar({ host: '127.0.0.1', puerto: 0 })
  let detenido: Promise<void> | undefined
  const detener = (): Promise<void> => {
    detenido ??= servidor.detener().then(broker.cerrar).then(almacen.cerrar)
    return detenido
  }
  t.after(async () => {
    await detener()
    rmSync(carpeta, { recursive: true })
  })
  return {
    ...{ carpeta, almacen, broker, url, fallas, detener },
    publicar: (...mensajes: readonly Mensaje[]) => almacen.ejecutar((tx) => broker.publicar(tx, mensajes)),
    pedir: (metodo: string, camino: string, cuerpo?: unknown, headers: Readonly<Record<string, string>> = {}) =>
      fetch(`${url}${camino}`, { method: metodo, headers, ...(cuerpo !== undefined && { body: JSON.stringify(cuerpo) }) }),
  }
}

export type Trama = Readonly<Record<string, unknown>> &
  Readonly<{
    messageId: string
    payload: string
    properties: Readonly<Record<string, string>>
    key?: string
    context?: string
    result?: string
  }>

/** Un cliente de WebSocket sin más: lo que llega, en orden, y cómo se cerró. */
export type Enchufe = Readonly<{
  tramas: Trama[]
  enviar: (trama: unknown) => void
  crudo: WebSocket
  /** Espera hasta tener `cuantas` tramas. */
  hasta: (cuantas: number) => Promise<readonly Trama[]>
  cerrado: Promise<Readonly<{ codigo: number; motivo: string }>>
  cerrar: () => Promise<void>
}>

/** Conecta, o rechaza con `HTTP <estado>` si no se le admite. */
export const conectar = async (
  { url }: Readonly<{ url: string }>,
  camino: string,
  cabeceras: Readonly<Record<string, string>> = {},
): Promise<Enchufe> => {
  const crudo = new WebSocket(`${url.replace('http', 'ws')}/ws/v2/${camino}`, { headers: cabeceras })
  const tramas: Trama[] = []
  crudo.on('message', (datos) => tramas.push(JSON.parse(String(datos))))
  const cerrado = new Promise<Readonly<{ codigo: number; motivo: string }>>((resolver) =>
    crudo.on('close', (codigo, motivo) => resolver({ codigo, motivo: String(motivo) })),
  )
  await new Promise<void>((resolver, rechazar) => {
    crudo.on('open', () => resolver())
    crudo.on('unexpected-response', (_, respuesta) => {
      rechazar(new Error(`HTTP ${respuesta.statusCode}`))
      crudo.terminate()
    })
    crudo.on('error', rechazar)
  })
  crudo.on('error', () => {})
  return {
    ...{ crudo, tramas, cerrado },
    enviar: (trama) => crudo.send(typeof trama === 'string' ? trama : JSON.stringify(trama)),
    hasta: async (cuantas) => {
      await esperar(`${cuantas} tramas (hay ${JSON.stringify(tramas)})`, () => tramas.length >= cuantas)
      return tramas
    },
    cerrar: async () => {
      crudo.close()
      await cerrado
    },
  }
}

export const esperar = async (que: string, seCumple: () => boolean | Promise<boolean>): Promise<void> => {
  for (const limite = performance.now() + PLAZO_MS; performance.now() < limite; await pausa(2)) if (await seCumple()) return
  throw new Error(`No ocurrió: ${que}`)
}

export const productor = (topico: string, consulta = ''): string => `producer/persistent/public/default/${topico}${consulta}`
export const lector = (topico: string, consulta = ''): string => `reader/persistent/public/default/${topico}${consulta}`
export const consumidor = (topico: string, consulta = ''): string =>
  `consumer/persistent/public/default/${topico}/sub?subscriptionType=Key_Shared&subscriptionInitialPosition=Earliest${consulta}`

export const enBase64 = (texto: string): string => Buffer.from(texto).toString('base64')
/** Lo que dicen, en orden. */
export const textos = (tramas: readonly Trama[]): string[] => tramas.map(({ payload }) => Buffer.from(payload, 'base64').toString())
/** Un mensaje publicado desde este proceso: dice su propio id. */
export const unMensaje = (topico: string, id: string, llave: string | null = null): Mensaje => ({
  ...{ topico, id, llave },
  datos: Buffer.from(id),
  propiedades: { id },
})
