import type { Logger } from 'pino'
import { Gauge, type Registry } from 'prom-client'
import type { Actor } from 'seedwork/aplicacion/actor.ts'
import type { Almacen } from 'seedwork/infraestructura/almacen/puerto.ts'
import type { Broker } from 'seedwork/infraestructura/broker/puerto.ts'
import { conApartado } from 'seedwork/infraestructura/consumo/apartado.ts'
import { conBitacora } from 'seedwork/infraestructura/consumo/bitacora.ts'
import { conCorrelacion } from 'seedwork/infraestructura/consumo/correlacion.ts'
import { encadenar, type Paso } from 'seedwork/infraestructura/consumo/paso.ts'
import { conPlazo } from 'seedwork/infraestructura/consumo/plazo.ts'
import { conReintento } from 'seedwork/infraestructura/consumo/reintento.ts'
import { lectorDeContrato, type MensajeDeContrato } from 'seedwork/infraestructura/mensajes/contrato.ts'
import { MensajeIndescifrable } from 'seedwork/infraestructura/mensajes/indescifrable.ts'
import type { EsquemasConocidos } from 'seedwork/infraestructura/mensajes/lectura.ts'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'
import { type EventoReservaCreada, eventosReserva } from '../../contratos/mensajes.ts'
import { type Correos, correosDe, type Estadisticas } from './almacen.ts'
import { apiPorHttp } from './api.ts'
import type { Remitente } from './correo/calendario.ts'
import type { Hecho } from './correo/textos.ts'
import { AMBIGUO, entregador, type HechoRecibido } from './entregar.ts'
import { servidorSmtp } from './envio.ts'

export const SUSCRIPCION = 'sub-notificacion-eventos-reservas'
/** Correos en vuelo a la vez: cada uno con su conexión. */
const CONEXIONES = 5
/** Más que la suma de los plazos de dentro (dos preguntas a la API y un envío): sólo vence si algo de aquí se traba. */
const PLAZO_MS = 30_000

export type PartesDeNotificaciones = Readonly<{
  broker: Pick<Broker, 'suscribir'>
  esquemas: EsquemasConocidos
  /** El de `abrirAlmacenDeCorreos`. Lo cierra quien lo abrió. */
  almacen: Almacen
  /** `http://…` de la API. */
  api: string
  firmar: (actor: Actor) => string
  /** `smtp(s)://…`. Se pregunta con el primer correo. */
  smtpUrl: () => Promise<string>
  bitacora: Logger
  entorno: Entorno
  /** La dirección de la interfaz, sin barra final, para el enlace de cada correo. */
  pagina: string
  remitente?: Remitente
  /** Donde se publica la medida `notificaciones_correos`, por estado. */
  registro?: Registry
}>

export type Notificaciones = Readonly<{
  /** Deja de recibir y espera los correos que están saliendo. */
  detener: () => Promise<void>
  /** Cuántos correos hay en cada estado. */
  estadisticas: () => Promise<Estadisticas>
}>

const METRICA = 'notificaciones_correos'
const REMITENTE: Remitente = { nombre: 'AeroAlpes', correo: 'reservas@aeroalpes.example' }

/** Consume `eventos-reserva` y le escribe al viajero un correo por hecho, a lo sumo una vez cada uno. */
export const crearNotificaciones = async (partes: PartesDeNotificaciones): Promise<Notificaciones> => {
  const { broker, esquemas, almacen, api, firmar, smtpUrl, bitacora, entorno, pagina, remitente = REMITENTE, registro } = partes
  const { reloj, azar, planificador } = entorno
  const correos = correosDe(almacen, reloj)
  for (const intento of await correos.resolverInterrumpidos()) bitacora.warn(intento, AMBIGUO)
  if (registro) medir(registro, correos)
  const servidor = servidorSmtp({ smtpUrl, conexiones: CONEXIONES, planificador })
  const entregar = entregador({
    api: apiPorHttp({ api, firmar, planificador }),
    correos,
    servidor,
    remitente,
    pagina,
    reloj,
    bitacora,
  })
  const politicas = [
    conApartado,
    conReintento({ azar }),
    conBitacora({ bitacora, reloj, consumidor: SUSCRIPCION }),
    conPlazo({ ms: PLAZO_MS, planificador }),
  ]
  const paso: Paso = ({ entrega }) => entregar(comoHecho(leer(entrega.mensaje, esquemas)))
  const consumidor = await broker.suscribir({
    topico: eventosReserva.nombre,
    nombre: SUSCRIPCION,
    tipo: 'Key_Shared',
    inicio: 'primero',
    permisos: CONEXIONES,
    manejar: conCorrelacion(encadenar(politicas, paso)),
  })
  return {
    estadisticas: correos.estadisticas,
    detener: async () => {
      await consumidor.cerrar()
      servidor.cerrar()
      registro?.removeSingleMetric(METRICA)
    },
  }
}

const leer = lectorDeContrato(eventosReserva)

/** Sin reserva no hay de qué escribir: un mensaje así no se arregla repitiendo. */
const comoHecho = ({ tipo, valor: { data }, atributos }: MensajeDeContrato<EventoReservaCreada, Hecho>): HechoRecibido => {
  const { id_reserva, version, motivo } = data
  if (id_reserva === null)
    throw new MensajeIndescifrable({ es: 'no dice de qué reserva es', en: 'it does not say which booking it is about' })
  const { id, instante, traza } = atributos
  return { evento: { id, tipo, version: version ?? 0, instante, motivo }, id_reserva, ...(traza !== undefined && { traza }) }
}

const medir = (registro: Registry, correos: Correos): void => {
  new Gauge({
    name: METRICA,
    help: 'Correos por estado; «ambiguo» es el que quizá salió y no se repite',
    labelNames: ['estado'],
    registers: [registro],
    async collect() {
      for (const [estado, cuantos] of Object.entries(await correos.estadisticas())) this.set({ estado }, cuantos)
    },
  })
}
