import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as momento } from 'node:timers/promises'
import { firmarActor } from 'seedwork/presentacion/actor.ts'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { abrirServidorPostgres, conCliente, type ServidorPostgres } from 'seedwork/pruebas/postgres.ts'
import { type Contexto, cargar, type Diario, pedidoDe, repetirDesconocidos, type Vida } from './carga.ts'
import { hastaQue } from './hechos.ts'
import { faltas, leerLog, type Restos, TABLAS, tablasDe } from './leyes.ts'
import { type Proceso, RAIZ, unBanco } from './servidor.ts'

const BROKER = join(RAIZ, 'src/seedwork/infraestructura/broker/embebido/ws/servidor_hijo.ts')
const CLAVE = Buffer.alloc(32, 9)
const HORA_MS = 3_600_000
const VUELVE_MS = 2_000
const DRENA_MS = 60_000

type Plan = Readonly<{ semilla: number; paradas: number; cortes: number; muertes: number }>
type Api = { proceso: Proceso; url: string }

/** El mismo broker para todos, en un proceso aparte, que no se toca. */
const abrirBroker = async (t: TestContext, carpeta: string): Promise<string> => {
  const proceso = unBanco(t).lanzar({ carpeta, args: [BROKER, carpeta, '0'] })
  return new URL(await hastaQue('que el broker escuche', () => proceso.salida().split('\n')[0] || undefined)).port
}

/** Un proceso de la API, con su carpeta, sobre la base y el broker de todos. */
const unaApi = (t: TestContext, { base, broker }: Readonly<{ base: string; broker: string }>) => {
  const banco = unBanco(t)
  const archivo = join(banco.carpeta, 'direcciones-api.json')
  const env = {
    ...{ BASE_DATOS: base, BROKER: 'pulsar', BROKER_HOST: '127.0.0.1', PULSAR_PUERTO_HTTP: broker },
    AEROALPES_CLAVE_ACTOR: CLAVE.toString('base64url'),
  }
  return async (): Promise<Api> => {
    const proceso = banco.lanzar({ args: [join(RAIZ, 'src/local/servicio.ts'), 'api'], env })
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

const crear = async (url: string): Promise<boolean> => {
  const cuerpo = JSON.stringify(pedidoDe('sonda'))
  const pedido = { method: 'POST', headers: { 'content-type': 'application/json' }, body: cuerpo, signal: AbortSignal.timeout(5_000) }
  return (await fetch(`${url}/vuelos/reserva`, pedido).catch(() => undefined))?.status === 200
}

/** El servidor muere sin despedirse y vuelve. Da cuánto pasó, desde que atiende, hasta la primera reserva. */
const parar = async (servidor: ServidorPostgres, apis: readonly Api[]): Promise<number> => {
  await servidor.matar()
  await momento(100)
  await servidor.revivir()
  const desde = performance.now()
  await hastaQue('la primera reserva', async () => (await Promise.all(apis.map(({ url }) => crear(url)))).some(Boolean))
  return performance.now() - desde
}

const cortar = (servidor: ServidorPostgres, cuantas: number): Promise<number> =>
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

/**
 * Dos procesos de la API sobre un PostgreSQL y un broker, bajo carga: al servidor se le mata, se le cortan conexiones, y a los procesos
 * también se les mata, en un orden al azar. Después, el comprobador de siempre: perdido 0, doblado 0, en orden.
 */
export const dosApisSobreviven = async (t: TestContext, plan: Plan): Promise<void> => {
  const carpeta = mkdtempSync(join(tmpdir(), 'aeroalpes-broker-'))
  t.after(() => rmSync(carpeta, { recursive: true, force: true }))
  const servidor = await abrirServidorPostgres({ ajustes: {} })
  t.after(servidor.parar)
  const donde = { base: servidor.direccion(), broker: await abrirBroker(t, carpeta) }
  const arrancar = [unaApi(t, donde), unaApi(t, donde)] as const
  const apis = [await arrancar[0](), await arrancar[1]()]

  const diario: Diario = []
  const firma = firmarActor(CLAVE, { id: 'ana', rol: 'viajero' }, Date.now() + HORA_MS)
  const contexto: Contexto = { diario, azar: mulberry32(plan.semilla), firmas: { ana: firma } }
  let cargando = true
  const vida = (i: number): Vida => ({ api: apis[i]?.url ?? '', terminado: () => !cargando || apis[i]?.proceso.terminado() === true })
  const carga = async (i: number): Promise<void> => {
    while (cargando) {
      await cargar(contexto, vida(i))
      await momento(20)
    }
  }
  const cargas = [carga(0), carga(1)]
  const vueltas: number[] = []
  let cortadas = 0
  const averias = [
    ...Array.from({ length: plan.paradas }, () => async () => void vueltas.push(await parar(servidor, apis))),
    ...Array.from({ length: plan.paradas }, () => async () => {
      cortadas += await cortar(servidor, Math.ceil(plan.cortes / plan.paradas))
    }),
    ...Array.from({ length: plan.muertes }, (_, i) => async () => {
      const cual = i % 2
      apis[cual]?.proceso.senal('SIGKILL')
      await apis[cual]?.proceso.fin()
      apis[cual] = await (arrancar[cual] as () => Promise<Api>)()
    }),
  ]
  for (const averia of averias.map((una) => [contexto.azar(), una] as const).sort(([a], [b]) => a - b)) {
    const hasta = diario.length + 20
    await hastaQue('que se siga atendiendo', () => diario.length >= hasta)
    await averia[1]()
  }
  cargando = false
  await Promise.all(cargas)
  await repetirDesconocidos(contexto, vida(0))
  const revisar = async () => {
    const restos = await leerRestos(donde.base, carpeta)
    const sondas = new Set(restos.reservas.filter(({ pasajeros }) => String(pasajeros).includes('"sonda"')).map(({ id }) => id))
    const propias = { ...restos, log: restos.log.filter(({ llave }) => !sondas.has(llave)) }
    return { restos, halladas: restos.porSalir > 0 ? ['algo no ha salido'] : faltas(sinSondas(propias, sondas), diario) }
  }
  await hastaQue('que se salde todo', async () => (await revisar()).halladas.length === 0, DRENA_MS).catch(() => {})
  const { restos, halladas } = await revisar()
  const cuenta = Object.entries(Object.groupBy(diario, ({ desenlace }) => desenlace)).map(([que, cuales]) => `${cuales.length} ${que}`)
  t.diagnostic(
    `semilla ${plan.semilla} · ${vueltas.length} paradas, primera reserva a los ${vueltas.map(Math.round).join(', ')} ms · ${cortadas} conexiones cortadas · ${plan.muertes} muertes · intentos: ${cuenta.join(', ')} · ${restos.log.length} mensajes`,
  )
  assert.deepEqual(halladas.slice(0, 20), [])
  assert.ok(Math.max(...vueltas) <= VUELVE_MS, `la primera reserva tardó ${Math.max(...vueltas)} ms`)
  for (const { proceso } of apis) {
    proceso.senal('SIGTERM')
    assert.deepEqual(await proceso.fin(), { codigo: 0, senal: null }, proceso.errores())
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
