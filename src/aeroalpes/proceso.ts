import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import { abrirAlmacen } from 'seedwork/infraestructura/almacen/elegir.ts'
import { medirDanos } from 'seedwork/infraestructura/almacen/medir_danos.ts'
import type { BrokerElegido } from 'seedwork/infraestructura/broker/elegido.ts'
import { elegirEmbebido } from 'seedwork/infraestructura/broker/elegir.ts'
import { olvidarIdempotencia } from 'seedwork/infraestructura/idempotencia.ts'
import { olvidarInbox } from 'seedwork/infraestructura/inbox.ts'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'
import type { ClaveActor } from 'seedwork/presentacion/actor.ts'
import { crearMetricas } from 'seedwork/presentacion/metricas.ts'
import { crearApi } from './api/servidor.ts'
import type { ModoDeAerolinea } from './modulos/vuelos/index.ts'
import { revisarCadaDia } from './revision.ts'
import { componer, migraciones, type Sistema, topicos } from './sistema.ts'

const DIA_MS = 24 * 60 * 60_000
/** Lo que se conserva un mensaje que ya nadie espera. */
const CONSERVAR_MS = 7 * DIA_MS
/** Más que todo lo que aún podría volver a entregarse: retención, antigüedad en la cola y una semana (fiabilidad P11). */
const INBOX_MS = 3 * CONSERVAR_MS
const LIMPIEZA_MS = 60 * 60_000
const CORTE_MS = 5_000

export type Opciones = Readonly<{
  carpeta: string
  entorno: Entorno
  bitacora: Logger
  clave: ClaveActor
  listaAbierta: boolean
  aerolinea?: ModoDeAerolinea
  /** Cuánto se sigue aceptando con el broker ausente. */
  esperaDelBrokerMs?: number
  /** `sqlite`, que es lo que toma si falta, o la dirección de una base de PostgreSQL. */
  base?: string
  /** Por defecto, el embebido. */
  broker?: BrokerElegido
  /** Que otros procesos usen el broker de éste. */
  servirBroker?: Readonly<{ token?: string }>
}>

export type Proceso = Readonly<{
  sistema: Sistema
  /** Lo que `/metrics` publica: quien comparte el proceso añade aquí sus medidas. */
  registro: Registry
  /** Escucha y devuelve la dirección. Rechaza con `EADDRINUSE` si el puerto está ocupado. */
  escuchar: (donde: { host: string; puerto: number }) => Promise<string>
  /** Lo mismo para quien usa el broker de este proceso. Falta si no se pidió servirlo, o si es de otro. */
  escucharBroker?: (donde: { host: string; puerto: number }) => Promise<string>
  /** En orden: deja de aceptar, de consumir y de repartir a otros, salda lo que está en curso y cierra el almacén. */
  detener: () => Promise<void>
}>

/** La API y sus consumidores en este proceso, sobre su almacén. Construir y escuchar son pasos distintos. */
export const crearProceso = async ({
  carpeta,
  base = 'sqlite',
  broker,
  servirBroker,
  esperaDelBrokerMs,
  ...opciones
}: Opciones): Promise<Proceso> => {
  const { entorno, bitacora, clave } = opciones
  const alFallar = (error: unknown) => bitacora.error({ err: error }, 'fallo en segundo plano')
  const elegido = broker ?? (await elegirEmbebido(base))
  const almacen = await abrirAlmacen({ base, carpeta, entorno, migraciones: [...elegido.migraciones, ...migraciones], alFallar })
  const metricas = crearMetricas()
  medirDanos(metricas.registro)
  const {
    broker: abierto,
    servir,
    mudados,
  } = await elegido.abrir({
    almacen,
    carpeta,
    entorno,
    esquemas: topicos,
    conservarMs: CONSERVAR_MS,
    registro: metricas.registro,
    alFallar,
  })
  if (mudados !== undefined && mudados.mensajes + mudados.apartados > 0)
    bitacora.warn(mudados, 'lo que el broker embebido no había entregado sale ahora por Pulsar')
  const sistema = await componer({ ...opciones, almacen, broker: abierto })
  const api = await crearApi({ sistema, bitacora, clave, metricas, carpeta, ...(esperaDelBrokerMs !== undefined && { esperaDelBrokerMs }) })
  const servidorDeBroker = servirBroker && (await servir?.({ esquemas: sistema.esquemas, ...servirBroker }))

  const limpiar = () => {
    const ahora = entorno.reloj.ahora()
    almacen
      .ejecutar(async (tx) => [await olvidarInbox(tx, ahora - INBOX_MS), await olvidarIdempotencia(tx, ahora)], 'consumidor')
      .catch(alFallar)
    limpieza = entorno.planificador.tras(LIMPIEZA_MS, limpiar)
  }
  let limpieza = entorno.planificador.tras(LIMPIEZA_MS, limpiar)
  // Lo que PostgreSQL guarda lo revisa él; y lo que el broker aparte tiene en la carpeta, quien lo tenga.
  const revision =
    base === 'sqlite'
      ? revisarCadaDia({ carpeta, ...entorno, alFallar, alHallar: (danos) => bitacora.error({ danos }, 'los datos están dañados') })
      : undefined

  return {
    sistema,
    registro: metricas.registro,
    escuchar: async ({ host, puerto }) =>
      api.listen({ host, port: puerto, listenTextResolver: (direccion) => `escuchando en ${direccion}` }),
    ...(servidorDeBroker !== undefined && { escucharBroker: servidorDeBroker.escuchar }),
    detener: async () => {
      limpieza.cancelar()
      revision?.detener()
      sistema.finales.cerrar()
      // A quien no termina de pedir no se le espera más que esto.
      const plazo = entorno.planificador.tras(CORTE_MS, () => api.server.closeAllConnections())
      await api.close()
      plazo.cancelar()
      await sistema.detener()
      await servidorDeBroker?.detener()
      await abierto.cerrar()
      await almacen.cerrar()
    },
  }
}
