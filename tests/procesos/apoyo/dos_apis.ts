import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as momento } from 'node:timers/promises'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { abrirServidorPostgres, conCliente, type ServidorPostgres } from 'seedwork/pruebas/postgres.ts'
import type { Alcance } from '../../apoyo/lugar.ts'
import { type Contexto, cargar, pedidoDe, repetirDesconocidos } from './carga.ts'
import { hastaQue } from './hechos.ts'
import { faltas, leerLog, type Restos, TABLAS, tablasDe } from './leyes.ts'
import { firmasCon } from './por_fuera.ts'
import { type Proceso, RAIZ, unBanco } from './servidor.ts'

const BROKER = join(RAIZ, 'src/seedwork/infraestructura/broker/embebido/ws/servidor_hijo.ts')
const CLAVE = Buffer.alloc(32, 9)
const DRENA_MS = 60_000

type Entorno = Readonly<Record<string, string>>
export type Api = { proceso: Proceso; url: string }
/** Dónde están la base y el broker de todos. */
export type Donde = Readonly<{ base: string; broker: string }>

/** El mismo broker para todos, en un proceso aparte, que se puede matar y revivir en su puerto. */
export const abrirBroker = async (t: Alcance, carpeta: string) => {
  const banco = unBanco(t)
  let puerto = '0'
  const arrancar = async (): Promise<Proceso> => {
    const proceso = banco.lanzar({ carpeta, args: [BROKER, carpeta, puerto] })
    puerto = new URL(await hastaQue('que el broker escuche', () => proceso.salida().split('\n')[0] || undefined)).port
    return proceso
  }
  let proceso = await arrancar()
  return {
    puerto: () => puerto,
    matar: async (): Promise<void> => {
      proceso.senal('SIGKILL')
      await proceso.fin()
    },
    revivir: async (): Promise<void> => {
      proceso = await arrancar()
    },
  }
}

/** Lo que cada API ve además, y las opciones de Node con que corre. */
type Como = Readonly<{ env: Entorno; opciones: readonly string[] }>

/** Un proceso de la API, con su carpeta, sobre la base y el broker de todos. */
const unaApi = (t: Alcance, { base, broker }: Donde, { env: otras, opciones }: Como) => {
  const banco = unBanco(t)
  const archivo = join(banco.carpeta, 'direcciones-api.json')
  const env = {
    ...{ BASE_DATOS: base, BROKER: 'pulsar', BROKER_HOST: '127.0.0.1', PULSAR_PUERTO_HTTP: broker },
    AEROALPES_CLAVE_ACTOR: CLAVE.toString('base64url'),
    ...otras,
  }
  return async (): Promise<Api> => {
    const proceso = banco.lanzar({ args: [...opciones, join(RAIZ, 'src/local/servicio.ts'), 'api'], env })
    const url = await hastaQue('que la API esté lista', () => {
      if (proceso.terminado()) throw new Error(`La API terminó antes de estar lista:\n${proceso.salida()}${proceso.errores()}`)
      const dicho = existsSync(archivo) ? (JSON.parse(readFileSync(archivo, 'utf8')) as { pid: number; api: string }) : undefined
      return dicho?.pid === proceso.pid ? dicho.api : undefined
    })
    return { proceso, url }
  }
}

/** Lo que quedó: las tablas, de PostgreSQL; los mensajes, del log del broker. `porSalir`: lo que aún no ha llegado a él. */
const leerRestos = (base: string, carpeta: string): Promise<Restos & { porSalir: number }> =>
  conCliente(base, async (cliente) => {
    const numeros: Record<string, ReturnType<typeof conNumeros>[]> = {}
    for (const [tabla, sql] of Object.entries(TABLAS)) numeros[tabla] = (await cliente.query(sql)).rows.map(conNumeros)
    const { rows } = await cliente.query('SELECT (SELECT count(*) FROM pulsar_salida) + (SELECT count(*) FROM pulsar_por_numerar) AS n')
    return { log: leerLog(carpeta), ...tablasDe(numeros), integridad: 'ok', porSalir: Number(rows[0]?.n) }
  })

const conNumeros = (fila: Record<string, string | null>) => ({ ...fila, ...(fila.version != null && { version: Number(fila.version) }) })

/** Si una reserva de sondeo se acepta. */
export const sondear = async (url: string, plazoMs = 5_000): Promise<boolean> => {
  const cuerpo = JSON.stringify(pedidoDe('sonda'))
  const pedido = { method: 'POST', headers: { 'content-type': 'application/json' }, body: cuerpo, signal: AbortSignal.timeout(plazoMs) }
  return (await fetch(`${url}/vuelos/reserva`, pedido).catch(() => undefined))?.status === 200
}

/** El servidor de PostgreSQL muere sin despedirse y vuelve. Da cuánto pasó, desde que atiende, hasta la primera reserva. */
export const parar = async (servidor: ServidorPostgres, apis: readonly Api[]): Promise<number> => {
  await servidor.matar()
  await momento(100)
  await servidor.revivir()
  const desde = performance.now()
  await hastaQue('la primera reserva', async () => (await Promise.all(apis.map(({ url }) => sondear(url)))).some(Boolean))
  return performance.now() - desde
}

/** Corta conexiones de la API, de a dos, hasta haber cortado `cuantas`. */
export const cortar = (servidor: ServidorPostgres, cuantas: number): Promise<number> =>
  conCliente(servidor.direccion(), async (cliente) => {
    let cortadas = 0
    while (cortadas < cuantas) {
      const { rowCount } = await cliente.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'aeroalpes' ORDER BY random() LIMIT 2`,
      )
      cortadas += rowCount ?? 0
      await momento(20)
    }
    return cortadas
  })

type Opciones = Readonly<{
  semilla: number
  /** Quiénes piden, además de quien no dice quién es. */
  viajeros?: readonly string[]
  env?: Como['env']
  opciones?: Como['opciones']
  /** Lo que se pone entre las dos API y lo que usan. */
  interponer?: (donde: Donde) => Promise<Donde>
}>

/** Un PostgreSQL, un broker en su proceso y dos procesos de la API sobre los dos, y la carga con que se les juzga. */
export const abrirDosApis = async (
  t: Alcance,
  { semilla, viajeros = ['ana'], env = {}, opciones = [], interponer = async (donde) => donde }: Opciones,
) => {
  const carpeta = mkdtempSync(join(tmpdir(), 'aeroalpes-broker-'))
  t.after(() => rmSync(carpeta, { recursive: true, force: true }))
  const servidor = await abrirServidorPostgres({ ajustes: {} })
  t.after(servidor.parar)
  const broker = await abrirBroker(t, carpeta)
  const donde = await interponer({ base: servidor.direccion(), broker: broker.puerto() })
  const como = { env, opciones }
  const arrancar = [unaApi(t, donde, como), unaApi(t, donde, como)] as const
  const apis: [Api, Api] = [await arrancar[0](), await arrancar[1]()]
  const contexto: Contexto = { diario: [], azar: mulberry32(semilla), firmas: firmasCon(CLAVE, ...viajeros).viajeros }
  const { diario } = contexto
  /** Por qué se dejó de pedir antes de tiempo. */
  let fallo: unknown
  const revisar = async () => {
    const restos = await leerRestos(servidor.direccion(), carpeta)
    const sondas = new Set(restos.reservas.filter(({ pasajeros }) => String(pasajeros).includes('"sonda"')).map(({ id }) => id))
    const propias = sinSondas({ ...restos, log: restos.log.filter(({ llave }) => !sondas.has(llave)) }, sondas)
    return { restos: propias, halladas: restos.porSalir > 0 ? ['algo no ha salido'] : faltas(propias, diario) }
  }
  return {
    servidor,
    broker,
    apis,
    contexto,
    revisar,
    /** Mata una API y la vuelve a arrancar. */
    renacer: async (cual: 0 | 1): Promise<void> => {
      apis[cual].proceso.senal('SIGKILL')
      await apis[cual].proceso.fin()
      apis[cual] = await arrancar[cual]()
    },
    /** Pide a las dos sin parar, de a `maximo` con una pausa, hasta que se le diga. */
    cargar: (maximo?: number, pausaMs = 20) => {
      let cargando = true
      const carga = async (cual: 0 | 1): Promise<void> => {
        while (cargando) {
          const vida = { api: apis[cual].url, terminado: () => !cargando || apis[cual].proceso.terminado() }
          await cargar(contexto, vida, maximo)
          await momento(pausaMs)
        }
      }
      const cargas = Promise.all([carga(0), carga(1)])
      cargas.catch((error) => {
        fallo = error
      })
      return async (): Promise<void> => {
        cargando = false
        await cargas
      }
    },
    /** Espera a que se hayan hecho `cuantos` intentos más. */
    queSigan: (cuantos: number): Promise<unknown> => {
      const hasta = diario.length + cuantos
      return hastaQue('que se siga atendiendo', () => {
        if (fallo !== undefined) throw fallo
        return diario.length >= hasta
      })
    },
    /** Sin carga ya: repite lo desconocido y espera a que todo se salde. Da lo que quedó y lo que no se cumplió. */
    saldar: async (plazoMs = DRENA_MS) => {
      await repetirDesconocidos(contexto, { api: apis[0].url, terminado: apis[0].proceso.terminado })
      await hastaQue('que se salde todo', async () => (await revisar()).halladas.length === 0, plazoMs).catch(() => {})
      return revisar()
    },
    /** Las dos se detienen como se debe. Da lo que dijo la que no. */
    detener: async (): Promise<readonly string[]> => {
      const finales = apis.map(async ({ proceso }) => {
        proceso.senal('SIGTERM')
        const { codigo } = await proceso.fin()
        return codigo === 0 ? [] : [`una API terminó con ${codigo}: ${proceso.errores()}`]
      })
      return (await Promise.all(finales)).flat()
    },
  }
}

export type DosApis = Awaited<ReturnType<typeof abrirDosApis>>

type Plan = Readonly<{ semilla: number; paradas: number; cortes: number; muertes: number }>

/** Lo que se vio: cuánto tardó la primera reserva tras cada parada, y lo que no se cumplió. */
export type Sobrevivido = Readonly<{
  vueltas: readonly number[]
  cortadas: number
  intentos: Readonly<Record<string, number>>
  mensajes: number
  faltas: readonly string[]
}>

/**
 * Dos procesos de la API bajo carga: al servidor se le mata, se le cortan conexiones, y a los procesos también se les mata, en un orden al
 * azar. Después, el comprobador de siempre: perdido 0, doblado 0, en orden.
 */
export const sobreviven = async (dos: DosApis, plan: Plan): Promise<Sobrevivido> => {
  const { servidor, apis, contexto } = dos
  const dejarDeCargar = dos.cargar()
  const vueltas: number[] = []
  let cortadas = 0
  const averias = [
    ...Array.from({ length: plan.paradas }, () => async () => void vueltas.push(await parar(servidor, apis))),
    ...Array.from({ length: plan.paradas }, () => async () => {
      cortadas += await cortar(servidor, Math.ceil(plan.cortes / plan.paradas))
    }),
    ...Array.from({ length: plan.muertes }, (_, i) => () => dos.renacer(i % 2 === 0 ? 0 : 1)),
  ]
  for (const averia of averias.map((una) => [contexto.azar(), una] as const).sort(([a], [b]) => a - b)) {
    await dos.queSigan(20)
    await averia[1]()
  }
  await dejarDeCargar()
  const { restos, halladas } = await dos.saldar()
  const intentos = Object.groupBy(contexto.diario, ({ desenlace }) => desenlace)
  return {
    vueltas,
    cortadas,
    intentos: Object.fromEntries(Object.entries(intentos).map(([que, cuales]) => [que, cuales.length])),
    mensajes: restos.log.length,
    faltas: halladas,
  }
}

/** Las reservas con que se sondea si el servidor volvió no están en el diario: de algunas ni se supo la respuesta. */
const sinSondas = (restos: Restos, sondas: ReadonlySet<unknown>): Restos => {
  const ids = new Set(restos.log.map(({ id }) => id))
  return {
    ...restos,
    reservas: restos.reservas.filter(({ id }) => !sondas.has(id)),
    resumen: restos.resumen.filter(({ id }) => !sondas.has(id)),
    inbox: restos.inbox.filter((cual) => ids.has(cual.split(' ')[1] ?? '')),
  }
}
