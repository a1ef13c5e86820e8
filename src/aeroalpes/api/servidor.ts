import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { medirAtrasos } from 'seedwork/infraestructura/broker/medir_atrasos.ts'
import { type ClaveActor, prepararClave } from 'seedwork/presentacion/actor.ts'
import { crearAforo } from 'seedwork/presentacion/aforo.ts'
import { crearCupo } from 'seedwork/presentacion/cupo.ts'
import { crearMetricas, type Metricas, rutaDeMetricas } from 'seedwork/presentacion/metricas.ts'
import { crearServidor } from 'seedwork/presentacion/servidor.ts'
import { type Sistema, suscripciones } from '../sistema.ts'
import { crearAdmision, ESCRITURAS_A_LA_VEZ, espacioDe } from './admision.ts'
import { rutasAeropuertos, rutasItinerarios } from './busqueda.ts'
import { rutasCliente } from './cliente.ts'
import { crearIdempotencia } from './idempotencia.ts'
import { rutasMensajes } from './mensajes.ts'
import { rutasOperaciones } from './operaciones.ts'
import { PROBLEMAS } from './problemas.ts'
import { rutasSalud } from './salud.ts'
import { rutasVuelos } from './vuelos.ts'

/** Adivinar un localizador pide millones de intentos; equivocarse al copiarlo, unos pocos. */
const CUPO_DE_LOCALIZADOR = { maximo: 20, ventanaMs: 5 * 60_000, llaves: 10_000 }

type Partes = Readonly<{
  sistema: Sistema
  bitacora: Logger
  clave: ClaveActor
  metricas?: Metricas
  /** La carpeta de los datos: con su disco casi lleno no se acepta nada. */
  carpeta?: string
  /** Cuánto se sigue aceptando con el broker ausente. */
  esperaDelBrokerMs?: number
}>

/** La API lista para escuchar: las rutas de cada módulo bajo su nombre, como en el tutorial. */
export const crearApi = async ({
  sistema,
  bitacora,
  clave,
  metricas = crearMetricas(),
  carpeta,
  ...limites
}: Partes): Promise<FastifyInstance> => {
  const { almacen, broker, entorno } = sistema
  medirAtrasos(metricas.registro, broker)
  const autenticacion = { clave: prepararClave(clave), ahora: entorno.reloj.ahora }
  const aforo = crearAforo({ lugares: ESCRITURAS_A_LA_VEZ, planificador: entorno.planificador, registro: metricas.registro })
  const servidor = crearServidor({ bitacora, ids: entorno.ids, autenticacion, metricas, aforo, problemas: PROBLEMAS })
  await documentar(servidor)
  const api = servidor.withTypeProvider<TypeBoxTypeProvider>()
  const espacio = carpeta === undefined ? undefined : espacioDe(carpeta)
  const admision = crearAdmision({
    broker,
    planificador: entorno.planificador,
    ...suscripciones.comandos,
    ...limites,
    ...(espacio !== undefined && { espacio }),
  })
  servidor.addHook('onClose', async () => admision.detener())
  const idempotencia = crearIdempotencia({ almacen, reloj: entorno.reloj })
  const cupo = crearCupo({ ...CUPO_DE_LOCALIZADOR, reloj: entorno.reloj })
  await api.register(rutasVuelos({ sistema, admision, idempotencia, cupo }), { prefix: '/vuelos' })
  await api.register(rutasItinerarios({ sistema }), { prefix: '/vuelos' })
  await api.register(rutasAeropuertos({ sistema }))
  await api.register(rutasCliente({ sistema }), { prefix: '/cliente' })
  await api.register(rutasOperaciones({ sistema }))
  await api.register(rutasMensajes({ sistema }), { prefix: '/mensajes' })
  await api.register(rutasSalud({ sistema }))
  rutaDeMetricas(servidor, metricas)
  servidor.get('/spec', { schema: { hide: true } }, () => servidor.swagger())
  return servidor
}

/** La página de documentos sólo carga lo que sirve este mismo proceso. */
const POLITICA_DE_DOCS = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

/** `/spec` y `/docs` salen de los esquemas de las rutas (B23); la página se sirve desde aquí mismo. */
const documentar = async (servidor: FastifyInstance): Promise<void> => {
  await servidor.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'AeroAlpes', version: '1.0.0', description: 'Reservas de vuelos: comandos, consultas y operaciones.' },
    },
  })
  await servidor.register(swaggerUi, { routePrefix: '/docs', staticCSP: POLITICA_DE_DOCS })
}
