import { devNull } from 'node:os'
import { crearApi } from 'aeroalpes-api/api/servidor.ts'
import { crearProceso } from 'aeroalpes-api/proceso.ts'
import { componer, migraciones, type Sistema } from 'aeroalpes-api/sistema.ts'
import pino from 'pino'
import type { Almacen } from 'seedwork/infraestructura/almacen/puerto.ts'
import { abrirAlmacenSqlite } from 'seedwork/infraestructura/almacen/sqlite/almacen.ts'
import { abrirBrokerEmbebido } from 'seedwork/infraestructura/broker/embebido/broker.ts'
import { migracionesEmbebido } from 'seedwork/infraestructura/broker/embebido/tablas.ts'
import { entornoReal } from 'seedwork/infraestructura/entorno_real.ts'
import { registroDeEsquemas } from 'seedwork/infraestructura/mensajes/esquemas.ts'
import { destinoDeBitacora } from 'seedwork/infraestructura/proceso/bitacora.ts'
import { firmarActor } from 'seedwork/presentacion/actor.ts'
import { crearMetricas, type Metricas } from 'seedwork/presentacion/metricas.ts'
import { crearSidecar } from 'sidecar/servidor.ts'
import { crearUi } from 'ui/servidor.ts'
import { almacenNulo } from './almacen_nulo.ts'
import { unaFilaDeReserva } from './escrituras.ts'

/** `completo` es lo que corre `npm start`; a los demás les falta lo que su nombre dice, y a `sin_observar`, además, bitácora y métricas. */
export type Variante = 'completo' | 'sin_consumidores' | 'sin_observar' | 'sin_almacen'

const FIRMA_MS = 60_000

/** `grpc`: la dirección del adaptador, en el completo. */
export type Servidor = Readonly<{ sistema: Sistema; puerto: number; grpc: string }>

/** Escribe las mismas líneas que de costumbre, donde nadie las lee. */
const bitacora = pino({ level: 'info' }, destinoDeBitacora(devNull))

/** Abre el almacén de la carpeta con todas las tablas. */
export const abrirAlmacen = (carpeta: string): Promise<Almacen> =>
  abrirAlmacenSqlite({ carpeta, entorno: entornoReal, migraciones: [migracionesEmbebido, ...migraciones] })

/** El sistema compuesto como siempre sobre `almacen`, pero sin nadie que consuma. */
export const componerSinConsumidores = async (almacen: Almacen): Promise<Sistema> => {
  const broker = await abrirBrokerEmbebido({
    almacen,
    entorno: entornoReal,
    conservarMs: Number.POSITIVE_INFINITY,
    alFallar: console.error,
  })
  const sordo = { ...broker, suscribir: async () => ({ cerrar: async () => {} }) }
  return componer({ almacen, broker: sordo, entorno: entornoReal, bitacora, clave: Buffer.alloc(32), listaAbierta: false })
}

/** Métricas que no miden. */
const ciegas = (): Metricas => ({ ...crearMetricas({ delProceso: false }), anotarRespuesta: () => {} })

const escucharSinConsumidores = async (almacen: Almacen, clave: Buffer, { observar = true } = {}): Promise<Servidor> => {
  const sistema = await componerSinConsumidores(almacen)
  const api = await crearApi({ sistema, clave, ...(observar ? { bitacora } : { bitacora: pino({ level: 'silent' }), metricas: ciegas() }) })
  return { sistema, puerto: puertoDe(await api.listen({ host: '127.0.0.1', port: 0 })), grpc: '' }
}

const escucharCompleto = async (carpeta: string, clave: Buffer): Promise<Servidor> => {
  const { sistema, escuchar } = await crearProceso({ carpeta, entorno: entornoReal, bitacora, clave, listaAbierta: false })
  const api = await escuchar({ host: '127.0.0.1', puerto: 0 })
  const sidecar = await crearSidecar({ api, bitacora, entorno: entornoReal })
  return { sistema, puerto: puertoDe(api), grpc: await sidecar.escuchar({ host: '127.0.0.1', puerto: 0 }) }
}

/** Un servidor que atiende en un puerto libre. */
export const abrirServidor = async (variante: Variante, { carpeta, clave }: { carpeta: string; clave: Buffer }): Promise<Servidor> => {
  if (variante === 'completo') return escucharCompleto(carpeta, clave)
  if (variante === 'sin_consumidores') return escucharSinConsumidores(await abrirAlmacen(carpeta), clave)
  if (variante === 'sin_observar') return escucharSinConsumidores(await abrirAlmacen(carpeta), clave, { observar: false })
  const sistema = await componerSinConsumidores(almacenNulo())
  return escucharSinConsumidores(almacenNulo(await unaFilaDeReserva(sistema)), clave)
}

/** La interfaz sobre el broker de ese servidor; devuelve su puerto. */
export const abrirInterfaz = async ({ sistema, puerto }: Servidor, clave: Buffer): Promise<number> => {
  const { almacen, broker, entorno } = sistema
  const ui = await crearUi({
    broker,
    esquemas: await registroDeEsquemas({ almacen, reloj: entorno.reloj }),
    api: `http://127.0.0.1:${puerto}`,
    firmar: (actor) => firmarActor(clave, actor, entorno.reloj.ahora() + FIRMA_MS),
    bitacora,
    entorno,
  })
  return puertoDe(await ui.escuchar({ host: '127.0.0.1', puerto: 0 }))
}

const puertoDe = (direccion: string): number => Number(new URL(direccion).port)
