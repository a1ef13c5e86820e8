import * as http from 'node:http'
import * as https from 'node:https'
import { errorDeEstado, pulsarNoDisponible } from './errores.ts'
import type { IdPulsar } from './posicion.ts'
import { cabecerasDe, caDe, type ServicioPulsar } from './servicio.ts'

type Respuesta = Readonly<{ estado: number; texto: string }>
type Pedido = Readonly<{ metodo?: 'GET' | 'PUT' | 'POST' | 'DELETE'; cuerpo?: unknown; acepta?: readonly number[] }>

const PLAZO_MS = 10_000

/** Lo que de un tópico dice `internalStats`. Una posición es `ledger:entrada`. */
export type EstadoInterno = Readonly<{
  entriesAddedCounter: number
  lastConfirmedEntry: string
  ledgers: readonly Readonly<{ ledgerId: number; entries: number }>[]
  cursors: Readonly<
    Record<string, Readonly<{ markDeletePosition: string; messagesConsumedCounter: number; individuallyDeletedMessages: string }>>
  >
}>

/** Un esquema registrado: `data` es su JSON, y `properties`, lo que quien lo registró quiso decir de él. */
export type EsquemaDePulsar = Readonly<{ type: string; data: string; properties?: Readonly<Record<string, string>> }>

export type Administracion = ReturnType<typeof administrar>

/**
 * La API de administración de Pulsar. Va por `node:http` y no por `fetch`, que no sabe de certificados propios. Rechaza con
 * `pulsar_no_disponible` si no contesta o no puede ahora, y con una frase clara si repetir no lo arregla.
 */
export const administrar = (servicio: ServicioPulsar) => {
  const { inquilino, espacio } = servicio
  const agente = new (servicio.tls ? https.Agent : http.Agent)({ keepAlive: true, maxSockets: 8 })
  const enEspacio = (...partes: readonly string[]): string =>
    ['namespaces', inquilino, espacio, ...partes.map(encodeURIComponent)].join('/')
  const enTopico = (topico: string, ...partes: readonly string[]): string =>
    ['persistent', inquilino, espacio, topico, ...partes].map(encodeURIComponent).join('/')
  const deEsquema = (topico: string, que: string): string =>
    `schemas/${[inquilino, espacio, topico, que].map(encodeURIComponent).join('/')}`

  const pedir = async (ruta: string, { metodo = 'GET', cuerpo, acepta = [] }: Pedido = {}): Promise<Respuesta> => {
    const respuesta = await enviar(servicio, agente, { ruta, metodo, cuerpo: cuerpo === undefined ? undefined : JSON.stringify(cuerpo) })
    const bien = (respuesta.estado >= 200 && respuesta.estado < 300) || acepta.includes(respuesta.estado)
    if (!bien) throw errorDeEstado(servicio, respuesta.estado, razonDe(respuesta.texto))
    return respuesta
  }
  const leer = async <T>(ruta: string): Promise<T> => JSON.parse((await pedir(ruta)).texto) as T

  return {
    version: async (): Promise<string> => (await pedir('brokers/version')).texto.replaceAll('"', '').trim(),
    comprobarEspacio: async (): Promise<void> => void (await pedir(enEspacio())),
    /** El broker descarta lo que un productor repita. */
    sinRepetidos: async (): Promise<void> => void (await pedir(enEspacio('deduplication'), { metodo: 'POST', cuerpo: true })),
    conservar: async (ms: number): Promise<void> =>
      void (await pedir(enEspacio('retention'), {
        metodo: 'POST',
        cuerpo: { retentionTimeInMinutes: Math.ceil(ms / 60_000), retentionSizeInMB: -1 },
      })),
    propiedad: async (nombre: string): Promise<string> => {
      const { estado, texto } = await pedir(enEspacio('property', nombre), { acepta: [404] })
      return estado === 404 ? '' : texto.replaceAll('"', '')
    },
    ponerPropiedad: async (nombre: string, valor: string): Promise<void> =>
      void (await pedir(enEspacio('property', nombre, valor), { metodo: 'PUT' })),
    /** Que el tópico exista. */
    crearTopico: async (topico: string): Promise<void> => void (await pedir(enTopico(topico), { metodo: 'PUT', acepta: [409] })),
    particiones: async (topico: string): Promise<number> => (await leer<{ partitions: number }>(enTopico(topico, 'partitions'))).partitions,
    estadoInterno: (topico: string): Promise<EstadoInterno> => leer(enTopico(topico, 'internalStats')),
    /** Lo que le falta por acusar a cada suscripción de un tópico con particiones. */
    atrasosParticionados: async (topico: string): Promise<Readonly<Record<string, { msgBacklog: number }>>> =>
      (await leer<{ subscriptions: Record<string, { msgBacklog: number }> }>(enTopico(topico, 'partitioned-stats'))).subscriptions,
    suscripciones: (topico: string): Promise<readonly string[]> => leer(enTopico(topico, 'subscriptions')),
    crearSuscripcion: async (topico: string, nombre: string, desde: 'earliest' | 'latest'): Promise<void> =>
      void (await pedir(enTopico(topico, 'subscription', nombre), { metodo: 'PUT', cuerpo: desde, acepta: [409] })),
    moverSuscripcion: async (topico: string, nombre: string, instante: number): Promise<void> =>
      void (await pedir(enTopico(topico, 'subscription', nombre, 'resetcursor', String(instante)), { metodo: 'POST' })),
    moverSuscripcionTras: async (topico: string, nombre: string, { ledger, entrada, particion }: IdPulsar): Promise<void> =>
      void (await pedir(enTopico(topico, 'subscription', nombre, 'resetcursor'), {
        metodo: 'POST',
        cuerpo: { ledgerId: ledger, entryId: entrada, partitionIndex: particion, excluded: true },
      })),
    /** Los esquemas registrados, del más viejo al más nuevo. */
    esquemas: async (topico: string): Promise<readonly EsquemaDePulsar[]> => {
      const { estado, texto } = await pedir(deEsquema(topico, 'schemas'), { acepta: [404] })
      if (estado === 404) return []
      const { getSchemaResponses } = JSON.parse(texto) as { getSchemaResponses: readonly EsquemaDePulsar[] }
      return getSchemaResponses.filter(({ type }) => type === 'AVRO')
    },
    /** Falso si Pulsar dice que no cabe con los que ya tiene. */
    registrarEsquema: async (topico: string, schema: string, properties: Readonly<Record<string, string>>): Promise<boolean> => {
      const { estado } = await pedir(deEsquema(topico, 'schema'), {
        metodo: 'POST',
        cuerpo: { type: 'AVRO', schema, properties },
        acepta: [409],
      })
      return estado !== 409
    },
    cerrar: (): void => agente.destroy(),
  }
}

const razonDe = (texto: string): string => {
  try {
    return String((JSON.parse(texto) as { reason?: unknown }).reason ?? '')
  } catch {
    return /<title>([^<]*)/.exec(texto)?.[1] ?? ''
  }
}

const enviar = (
  servicio: ServicioPulsar,
  agente: http.Agent,
  { ruta, metodo, cuerpo }: { ruta: string; metodo: string; cuerpo: string | undefined },
): Promise<Respuesta> =>
  new Promise((resolver, rechazar) => {
    const { host, puertoHttp, tls } = servicio
    const ca = caDe(servicio)
    const fallar = (causa: Error): void => rechazar(pulsarNoDisponible(servicio, causa.message || causa.name, causa))
    const pedido = (tls ? https : http).request(
      {
        host,
        port: puertoHttp,
        path: `/admin/v2/${ruta}`,
        method: metodo,
        agent: agente,
        timeout: PLAZO_MS,
        headers: {
          accept: 'application/json',
          ...(cuerpo !== undefined && { 'content-type': 'application/json' }),
          ...cabecerasDe(servicio),
        },
        ...(ca !== undefined && { ca }),
      },
      (respuesta) => {
        let texto = ''
        respuesta.setEncoding('utf8')
        respuesta.on('data', (trozo: string) => {
          texto += trozo
        })
        respuesta.on('end', () => resolver({ estado: respuesta.statusCode ?? 0, texto }))
        respuesta.on('error', fallar)
      },
    )
    pedido.on('timeout', () => pedido.destroy(new Error('no contesta')))
    pedido.on('error', fallar)
    pedido.end(cuerpo)
  })
