import type { Logger } from 'pino'
import { crearEjecutor, type Ejecutor } from 'seedwork/aplicacion/ejecutor.ts'
import { type Reacciones, unir } from 'seedwork/aplicacion/mensajes.ts'
import type { Migraciones } from 'seedwork/infraestructura/almacen/migraciones.ts'
import type { Almacen } from 'seedwork/infraestructura/almacen/puerto.ts'
import type { Broker, Consumidor, Suscripcion } from 'seedwork/infraestructura/broker/puerto.ts'
import { conApartado } from 'seedwork/infraestructura/consumo/apartado.ts'
import { conBitacora } from 'seedwork/infraestructura/consumo/bitacora.ts'
import { conCorrelacion } from 'seedwork/infraestructura/consumo/correlacion.ts'
import { type Efecto, unaVez } from 'seedwork/infraestructura/consumo/idempotencia.ts'
import { encadenar, type Middleware } from 'seedwork/infraestructura/consumo/paso.ts'
import { conPlazo } from 'seedwork/infraestructura/consumo/plazo.ts'
import { conReintento } from 'seedwork/infraestructura/consumo/reintento.ts'
import { crearDespertador } from 'seedwork/infraestructura/despertador.ts'
import { migracionesIdempotencia, sumaIdempotencia } from 'seedwork/infraestructura/idempotencia.ts'
import { migracionesInbox, sumaInbox } from 'seedwork/infraestructura/inbox.ts'
import { migracionesEsquemas, type RegistroEsquemas, registroDeEsquemas, sumaEsquemas } from 'seedwork/infraestructura/mensajes/esquemas.ts'
import { migracionesOperaciones, sumasOperaciones } from 'seedwork/infraestructura/operaciones.ts'
import { migracionesProcesos, sumaProcesos } from 'seedwork/infraestructura/procesos.ts'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'
import type { ClaveActor } from 'seedwork/presentacion/actor.ts'
import { crearFinales, type Finales } from './finales.ts'
import * as cliente from './modulos/cliente/index.ts'
import * as vuelos from './modulos/vuelos/index.ts'
import { anunciarOperacion, EventosOperacion } from './operaciones.ts'

/** Todo lo que el almacén de este servicio guarda. */
export const migraciones: readonly Migraciones[] = [
  migracionesEsquemas,
  migracionesInbox,
  migracionesOperaciones,
  migracionesIdempotencia,
  migracionesProcesos,
  vuelos.migracionesVuelos,
  cliente.migracionesCliente,
]

/** Las tablas que saben si una fila suya sigue siendo la que se escribió. */
export const sumas = [
  sumaEsquemas,
  sumaInbox,
  ...sumasOperaciones,
  sumaIdempotencia,
  sumaProcesos,
  ...vuelos.sumasVuelos,
  cliente.sumaHistorial,
] as const

/** Los tópicos que este servicio escribe. */
export const topicos = [vuelos.EventosReserva, vuelos.ComandosReserva, EventosOperacion] as const

/** Qué hace cada módulo, en la misma tx, cuando ocurre algo en otro o en él. */
export const reacciones: Reacciones<vuelos.EventoReserva> = {
  ReservaCreada: [vuelos.resumirReserva, cliente.anotarReservaCreada],
  ReservaAprobada: [vuelos.resumirReserva],
  ReservaPagada: [vuelos.resumirReserva],
  ReservaCancelada: [vuelos.resumirReserva],
}

/** Quién consume qué: los nombres son los del tutorial, y los nuestros al final. */
export const suscripciones = {
  comandos: { topico: vuelos.ComandosReserva.nombre, nombre: 'aeroalpes-sub-comandos', tipo: 'Key_Shared' },
  eventos: { topico: vuelos.EventosReserva.nombre, nombre: 'aeroalpes-sub-eventos', tipo: 'Key_Shared' },
  sagas: { topico: vuelos.EventosReserva.nombre, nombre: 'aeroalpes-saga-reservas', tipo: 'Key_Shared' },
} as const satisfies Record<string, Pick<Suscripcion, 'topico' | 'nombre' | 'tipo'>>

export type Comandos = vuelos.ComandoVuelos
export type Queries = vuelos.QueryVuelos | cliente.QueryCliente

export type Sistema = Ejecutor<Comandos, Queries> &
  Readonly<{
    almacen: Almacen
    broker: Broker
    entorno: Entorno
    finales: Finales
    ventas: vuelos.Ventas
    esquemas: RegistroEsquemas
    /** Lanza la regla que un pedido de reserva rompe sin mirar nada de lo guardado: las dos rutas responden lo mismo (B18). */
    comprobar: (pedido: Parameters<typeof vuelos.comprobarPedido>[1]) => void
    /** Deja de consumir y espera lo que está en curso. */
    detener: () => Promise<void>
  }>

type Partes = Readonly<{
  almacen: Almacen
  broker: Broker
  entorno: Entorno
  bitacora: Logger
  /** Con qué se firman las ofertas: la misma clave de los actores. */
  clave: ClaveActor
  listaAbierta: boolean
  /** Cómo responde la aerolínea simulada a lo que se le compra. */
  aerolinea?: vuelos.ModoDeAerolinea
}>

/** En vuelo a la vez por consumidor: lo que cabe en un commit de grupo. */
const PERMISOS = 128
const PLAZO_MS = 30_000

/** Une los módulos y empieza a consumir. Registra antes los esquemas: uno incompatible impide arrancar. */
export const componer = async ({
  almacen,
  broker,
  entorno,
  bitacora,
  clave,
  listaAbierta,
  aerolinea = 'simulada',
}: Partes): Promise<Sistema> => {
  const esquemas = await registroDeEsquemas({ almacen, reloj: entorno.reloj })
  for (const topico of topicos) await esquemas.registrar(topico)
  const finales = crearFinales()
  const aeropuertos = vuelos.leerAeropuertos()
  const horas = vuelos.horasDeZonas()
  const ventas: vuelos.Ventas = {
    ofertas: vuelos.ofertasFirmadas(clave),
    proveedores: vuelos.proveedoresSimulados({ aeropuertos, horas }),
    horas,
    asientos: vuelos.asientos,
    contactos: vuelos.contactos,
  }
  const ejecutor = crearEjecutor<Comandos, vuelos.EventoReserva, Queries>({
    broker,
    lector: almacen.lector,
    uow: almacen,
    entorno,
    manejadores: vuelos.manejadoresVuelos({ reservas: vuelos.reservas, ventas }),
    respondedores: unir(
      vuelos.respondedoresVuelos({
        buscarReserva: vuelos.buscarReserva,
        buscarReservas: vuelos.buscarReservas,
        listaAbierta,
        reservas: vuelos.reservas,
        ventas,
        aeropuertos,
        reloj: entorno.reloj,
      }),
      { ObtenerHistorial: cliente.obtenerHistorial(cliente.buscarHistorial) },
    ),
    reacciones,
    despachadores: vuelos.despachadoresVuelos,
    solicitudes: vuelos.solicitudesVuelos,
    anunciar: anunciarOperacion,
    alTerminar: finales.avisar,
  })

  const alFallar = (error: unknown) => bitacora.error({ err: error }, 'fallo en un proceso')
  const gestor = vuelos.gestorDeReservas({ ...entorno, ejecutor, aerolinea, alFallar, alFijarPlazo: (vence) => despertador.avisar(vence) })
  const despertador = crearDespertador({ uow: almacen, entorno, vencer: gestor.vencer, alFallar })

  /** Quien pidió el comando ve que sigue abierto, y por qué, mientras se reintenta o un operador lo mira. */
  const conDemora: Middleware = (siguiente) => (enCurso) =>
    siguiente(enCurso).catch(async (error: unknown) => {
      await almacen.ejecutar((tx) => ejecutor.demorar(tx, enCurso, error), 'consumidor')
      throw error
    })

  const consumir = (
    suscripcion: (typeof suscripciones)[keyof typeof suscripciones],
    efecto: Efecto,
    propias: readonly Middleware[] = [],
  ): Promise<Consumidor> => {
    const consumidor = suscripcion.nombre
    const { reloj, azar, planificador } = entorno
    const politicas = [
      conApartado,
      conReintento({ azar }),
      ...propias,
      conBitacora({ bitacora, reloj, consumidor }),
      conPlazo({ ms: PLAZO_MS, planificador }),
    ]
    const paso = encadenar(politicas, unaVez({ uow: almacen, reloj, consumidor }, efecto))
    return broker.suscribir({ ...suscripcion, inicio: 'primero', permisos: PERMISOS, manejar: conCorrelacion(paso) })
  }

  const consumidores = await Promise.all([
    consumir(suscripciones.comandos, vuelos.atenderComandos(ejecutor, esquemas), [conDemora]),
    consumir(suscripciones.eventos, cliente.seguirReservas(esquemas)),
    consumir(suscripciones.sagas, vuelos.conducirReservas(gestor, esquemas)),
  ])
  despertador.empezar()
  return {
    ...ejecutor,
    almacen,
    broker,
    entorno,
    finales,
    ventas,
    esquemas,
    comprobar: (pedido) => vuelos.comprobarPedido(ventas.ofertas, pedido, entorno.reloj.ahora()),
    detener: async () => {
      await Promise.all([...consumidores.map((consumidor) => consumidor.cerrar()), despertador.detener()])
    },
  }
}
