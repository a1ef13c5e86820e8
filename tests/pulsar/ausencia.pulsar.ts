import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as momento } from 'node:timers/promises'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { abrirPulsar } from '../../herramientas/pulsar/servidor.ts'
import { CLAVE } from '../apoyo/api.ts'
import { type Contexto, cargar, type Diario } from '../procesos/apoyo/carga.ts'
import { hastaQue } from '../procesos/apoyo/hechos.ts'
import { faltas, leerRestos } from '../procesos/apoyo/leyes.ts'
import { drenado, faltasPorFuera, firmasCon, leer } from '../procesos/apoyo/por_fuera.ts'
import { correosDe } from '../procesos/apoyo/testigos.ts'
import { leerTodoElLog } from './log.ts'
import { cuatroProcesos, porSalir } from './procesos.ts'

/** Cuánto falta Pulsar. La de referencia son 600 s: `AUSENCIA_S=600 npm run test:pulsar -- ausencia`. */
const AUSENCIA_S = Number(process.env.AUSENCIA_S ?? 45)
const DRENAR_MS = 180_000
const DE_CADA_VEZ = 4
const ENTRE_VECES_MS = 200

type Salud = Readonly<{ status: string; atrasados: readonly Readonly<{ suscripcion: string; edadMs: number; pendientes: number }>[] }>

test(`sin Pulsar al arrancar y ${AUSENCIA_S} s más: se acepta todo, la salud lo dice, y al volver se drena sin perder ni doblar nada`, async (t) => {
  const pulsar = await abrirPulsar()
  t.after(pulsar.parar)
  const { puertoHttp } = pulsar
  await pulsar.matar()
  const procesos = await cuatroProcesos(t, { puertoHttp, espacio: 'default', plazoMs: AUSENCIA_S * 1_000 + DRENAR_MS })
  await procesos.arrancar('api')
  const esperan = [procesos.arrancar('notificaciones'), procesos.arrancar('sidecar'), procesos.arrancar('ui')]
  const { carpeta } = procesos.banco
  const firmas = firmasCon(CLAVE, 'ana', 'beto')
  const diario: Diario = []
  const contexto: Contexto = { diario, azar: mulberry32(20_261_126), firmas: firmas.viajeros }
  const vida = { api: procesos.api(), terminado: procesos.vivos.api.terminado }
  const salud = () => leer<Salud>(`${vida.api}/health/ready`)

  let degradado: Salud | undefined
  const inicio = performance.now()
  for (let dicho = inicio; performance.now() - inicio < AUSENCIA_S * 1_000; await momento(ENTRE_VECES_MS)) {
    await cargar(contexto, vida, DE_CADA_VEZ)
    const ahora = await salud()
    if (ahora.status === 'degradado') degradado ??= ahora
    if (performance.now() - dicho < 15_000) continue
    dicho = performance.now()
    console.error(`  … ${diario.length} aceptados, ${porSalir(carpeta)} por salir, salud ${ahora.status}`)
  }
  assert.deepEqual(
    diario.filter(({ desenlace }) => desenlace !== 'ok'),
    [],
    'se rechazó algo',
  )
  degradado ??= await hastaQue(
    'que la salud diga que está degradado',
    async () => {
      const ahora = await salud()
      return ahora.status === 'degradado' && ahora
    },
    40_000,
  )
  const enEspera = degradado.atrasados.filter(({ suscripcion }) => suscripcion === 'relevo')
  assert.ok(enEspera.length > 0 && enEspera.every(({ edadMs }) => edadMs > 30_000), JSON.stringify(degradado))
  const juntados = porSalir(carpeta)
  assert.ok(juntados >= diario.length, 'lo aceptado espera en la base')

  await pulsar.revivir()
  const vuelta = performance.now()
  await hastaQue('que todo salga hacia Pulsar', () => porSalir(carpeta) === 0, DRENAR_MS)
  const salioMs = performance.now() - vuelta
  await hastaQue('que se cumpla todo y la salud lo diga', async () => (await salud()).status === 'up', DRENAR_MS)
  await drenado(vida.api, DRENAR_MS)
  const drenadoMs = performance.now() - vuelta
  assert.ok(drenadoMs < DRENAR_MS, `tardó ${drenadoMs} ms`)
  await Promise.all(esperan)

  const restos = leerRestos(carpeta, await leerTodoElLog({ puertoHttp, espacio: 'default' }))
  assert.deepEqual(faltas(restos, diario).slice(0, 20), [])
  assert.deepEqual((await faltasPorFuera(vida.api, { restos, diario, firmas })).slice(0, 20), [])
  const eventos = restos.log.filter(({ topico }) => topico === 'eventos-reserva')
  await hastaQue('que las notificaciones lo atiendan todo', () => correosDe(carpeta).size >= eventos.length, DRENAR_MS)
  const segundos = (ms: number): string => (ms / 1_000).toFixed(1)
  t.diagnostic(
    `${AUSENCIA_S} s sin Pulsar · ${diario.length} aceptados · ${juntados} mensajes en espera · salieron en ${segundos(salioMs)} s y se cumplieron en ${segundos(drenadoMs)} s`,
  )
})
