import { type AddressInfo, createServer, type Socket } from 'node:net'
import { Server, ServerCredentials } from '@grpc/grpc-js'
import type { Logger } from 'pino'
import type { Entorno } from 'seedwork/infraestructura/puertos.ts'
import { VariablesInvalidas } from 'seedwork/infraestructura/variables.ts'
import { apiPorHttp } from './api.ts'
import { HealthService } from './gen/grpc/health/v1/health.ts'
import { ServerReflectionService } from './gen/grpc/reflection/v1/reflection.ts'
import { VuelosService } from './gen/vuelos.ts'
import { crearAdmision } from './grpc/admision.ts'
import { conLectura } from './grpc/definiciones.ts'
import { type ArchivosTls, credencialesTls } from './grpc/tls.ts'
import { LIMITES_DE_SIDECAR, type LimitesDeSidecar } from './limites.ts'
import { servicioDeReflexion } from './reflexion.ts'
import { servicioDeSalud } from './salud.ts'
import { servicioVuelos } from './vuelos/servicio.ts'

export type PartesDeSidecar = Readonly<{
  /** La dirección HTTP de la API. */
  api: string
  bitacora: Logger
  entorno: Entorno
  opciones?: Readonly<{
    /** Que cualquiera pueda preguntarle su contrato, como hace `grpcurl`. */
    reflexion?: boolean
    tls?: ArchivosTls
    /** Que sin TLS se escuche también fuera de esta máquina. */
    inseguro?: boolean
    limites?: Partial<LimitesDeSidecar>
  }>
}>

const SERVICIOS = ['vuelos.Vuelos', 'grpc.health.v1.Health']

export type Sidecar = Readonly<{
  /** Escucha y devuelve `host:puerto`. Rechaza con `EADDRINUSE` si el puerto está ocupado, y si sería inseguro sin haberlo pedido. */
  escuchar: (donde: { host: string; puerto: number }) => Promise<string>
  /** Deja de aceptar, termina los flujos y espera a las llamadas en curso lo que dice `gracia`; después las corta. */
  detener: () => Promise<void>
}>

/**
 * El adaptador: quien habla gRPC reserva sin que la API cambie. No guarda nada ni decide nada, así que puede haber varios. Construir y
 * escuchar son pasos distintos.
 */
export const crearSidecar = async ({ api: direccion, bitacora, entorno, opciones = {} }: PartesDeSidecar): Promise<Sidecar> => {
  const limites = { ...LIMITES_DE_SIDECAR, ...opciones.limites }
  const { planificador } = entorno
  const api = apiPorHttp({ api: direccion, conexiones: limites.unariasEnCurso, respuestaMaxima: limites.respuesta })
  const tls = opciones.tls && (await credencialesTls({ archivos: opciones.tls, bitacora, planificador }))
  const cierre = new AbortController()
  const servidor = new Server({
    'grpc.max_receive_message_length': limites.mensaje,
    'grpc.max_concurrent_streams': limites.flujosPorConexion,
    'grpc-node.max_session_memory': limites.memoriaPorConexion,
    'grpc.max_connection_idle_ms': limites.inactiva,
    'grpc.keepalive_time_ms': 60_000,
    'grpc.keepalive_timeout_ms': 20_000,
    // Nadie consulta sus cuentas, y llevarlas cuesta.
    'grpc.enable_channelz': 0,
    interceptors: [
      crearAdmision({
        limites: { unarias: limites.unariasEnCurso, flujos: limites.flujosEnCurso, llegadaMs: limites.llegada },
        entorno,
      }),
    ],
  })
  const partes = { bitacora, entorno, cierre: cierre.signal, plazos: { unaria: limites.unaria, flujo: limites.flujo } }
  servidor.addService(conLectura(VuelosService, limites.pedido), servicioVuelos(api, partes))
  servidor.addService(conLectura(HealthService, limites.pedido), servicioDeSalud({ api, partes, servicios: SERVICIOS }))
  if (opciones.reflexion === true) servidor.addService(conLectura(ServerReflectionService, limites.pedido), servicioDeReflexion(SERVICIOS))

  const entrada = servidor.createConnectionInjector(tls?.credenciales ?? ServerCredentials.createInsecure())
  const enchufes = new Set<Socket>()
  const escucha = createServer({ noDelay: true }, (enchufe) => {
    enchufes.add(enchufe)
    enchufe.once('close', () => enchufes.delete(enchufe))
    enchufe.on('error', () => {}) // se cierra solo; de lo que quedó en curso se ocupa cada llamada
    entrada.injectConnection(enchufe)
  })
  escucha.maxConnections = limites.conexiones

  return {
    escuchar: async ({ host, puerto }) => {
      if (tls === undefined && opciones.inseguro !== true && !esDeEstaMaquina(host)) throw expuesto(host)
      await new Promise<void>((listo, fallar) => escucha.once('error', fallar).listen(puerto, host, listo))
      const { address, family, port } = escucha.address() as AddressInfo
      return `${family === 'IPv6' ? `[${address}]` : address}:${port}`
    },
    detener: async () => {
      cierre.abort()
      const cerrado = new Promise((listo) => escucha.close(listo))
      // Cada conexión se despide (GOAWAY) y se cierra cuando termina su última llamada.
      servidor.tryShutdown(() => {})
      const alarma = planificador.tras(limites.gracia, () => {
        for (const enchufe of enchufes) enchufe.destroy()
      })
      await cerrado
      alarma.cancelar()
      tls?.cerrar()
      api.cerrar()
    },
  }
}

const esDeEstaMaquina = (host: string): boolean => /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/.test(host)

const expuesto = (host: string): VariablesInvalidas =>
  new VariablesInvalidas([
    `SIDECAR_HOST=${host}: sin TLS sólo se escucha en esta máquina. Di dónde están SIDECAR_TLS_CERT y SIDECAR_TLS_CLAVE, o SIDECAR_INSEGURO=1.`,
  ])
