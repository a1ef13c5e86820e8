import { statfsSync } from 'node:fs'
import { type ErrorDominio, noDisponible } from 'seedwork/dominio/errores.ts'
import { type Broker, SALIDA } from 'seedwork/infraestructura/broker/puerto.ts'
import type { Cancelable, Planificador } from 'seedwork/infraestructura/puertos.ts'

/**
 * Pedidos que escriben y se atienden a la vez: más de tres commits llenos, y justo lo que los dos intermediarios pueden tener en curso (256 el
 * adaptador gRPC y 128 la página). Los demás se niegan apenas se leen (`aforo.ts`).
 */
export const ESCRITURAS_A_LA_VEZ = 384
/** Comandos aceptados y sin cumplir a partir de los cuales no se acepta otro. Los que aún no salen hacia su broker se cuentan por edad. */
export const PENDIENTES_MAXIMOS = 10_000
/** Y cuánto puede llevar esperando el más antiguo que ya podría cumplirse. */
export const ESPERA_MAXIMA_MS = 30_000
/** Lo que se sigue aceptando con el broker ausente, si no se dice otra cosa. */
export const ESPERA_DEL_BROKER_MS = 60 * 60_000
/** Por debajo de las dos cosas se deja de escribir: lo que queda hace falta para drenar. */
const LIBRE_MINIMO = 0.05
const BYTES_MINIMOS = 1024 ** 3
const ENTRE_VISTAZOS_MS = 1_000
const REINTENTAR_S = 60

/** Un 202, o una reserva respondida, es una promesa: si no hay con qué cumplirla se niega (503) antes de escribir. */
export type Admision = Readonly<{
  /**
   * Por qué no se puede escribir nada: `cola_llena` si lo escrito lleva demasiado sin poder salir hacia el broker; `sin_espacio` si el
   * disco se acaba. Ninguna de las dos cosas cambia de un momento a otro: se mira cada segundo y no en cada pedido.
   */
  escritura: { cerrada?: ErrorDominio | undefined }
  /** Lanza lo mismo, y `cola_llena` si quien cumple los comandos está atrasado. Que se atrase otro que escucha el tópico no cuenta. */
  comando: () => void
  detener: () => void
}>

export type Espacio = Readonly<{ libre: number; total: number }>

type Opciones = Readonly<{
  broker: Pick<Broker, 'atrasos'>
  planificador: Planificador
  topico: string
  nombre: string
  esperaDelBrokerMs?: number
  /** Cuánto queda en el disco de los datos. Sin esto no se mira. */
  espacio?: () => Espacio
}>

export const crearAdmision = ({
  broker,
  planificador,
  topico,
  nombre,
  esperaDelBrokerMs = ESPERA_DEL_BROKER_MS,
  espacio,
}: Opciones): Admision => {
  const motivo = (): ErrorDominio | undefined => {
    const varado = broker.atrasos().find(({ suscripcion, edadMs }) => suscripcion === SALIDA && edadMs > esperaDelBrokerMs)
    if (varado !== undefined) return colaLlena(varado.edadMs)
    const disco = espacio?.()
    return disco !== undefined && disco.libre < BYTES_MINIMOS && disco.libre < disco.total * LIBRE_MINIMO ? sinEspacio() : undefined
  }
  const escritura: Admision['escritura'] = {}
  const mirar = (): void => {
    escritura.cerrada = motivo()
    siguiente = planificador.tras(ENTRE_VISTAZOS_MS, mirar)
  }
  let siguiente: Cancelable | undefined
  mirar()
  const comando = (): void => {
    if (escritura.cerrada !== undefined) throw escritura.cerrada
    const atrasos = broker.atrasos().filter((atraso) => atraso.topico === topico)
    const sinSalir = atrasos.find(({ suscripcion }) => suscripcion === SALIDA)?.pendientes ?? 0
    for (const { suscripcion, pendientes, edadMs } of atrasos)
      if (suscripcion === nombre && (pendientes - sinSalir >= PENDIENTES_MAXIMOS || edadMs > ESPERA_MAXIMA_MS)) throw colaLlena(edadMs)
  }
  return { escritura, comando, detener: () => siguiente?.cancelar() }
}

/** Lo libre en el disco de una carpeta. */
export const espacioDe = (carpeta: string) => (): Espacio => {
  const { bavail, blocks, bsize } = statfsSync(carpeta)
  return { libre: bavail * bsize, total: blocks * bsize }
}

const colaLlena = (edadMs: number) =>
  noDisponible(
    'cola_llena',
    {
      es: 'Hay demasiados pedidos en espera; éste no se aceptó. Repite en un momento.',
      en: 'Too many requests are waiting; this one was not accepted. Try again in a moment.',
    },
    { reintentarEn: Math.min(REINTENTAR_S, Math.max(1, Math.ceil(edadMs / 1_000))) },
  )

const sinEspacio = () =>
  noDisponible(
    'sin_espacio',
    {
      es: 'No queda espacio para guardar el pedido; no se aceptó. Repite más tarde.',
      en: 'There is no space left to store the request; it was not accepted. Try again later.',
    },
    { reintentarEn: REINTENTAR_S },
  )
