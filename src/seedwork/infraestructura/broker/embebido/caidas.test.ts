import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { setTimeout as esperar } from 'node:timers/promises'
import { mulberry32 } from '../../../pruebas/entorno_virtual.ts'
import { ARCHIVO } from '../../almacen/sqlite/almacen.ts'
import { type Balance, leerBalance } from './efectos_de_prueba.ts'
import { type Encargo, nombreDe, vivir } from './vida_de_prueba.ts'

const HIJO = join(import.meta.dirname, 'caidas_hijo.ts')
const TOPICO = 'eventos'
/** Lo compilado por una vida que terminó bien, para que las siguientes empiecen antes. */
const COMPILADO = mkdtempSync(join(tmpdir(), 'caidas-'))

type Salida = Readonly<{ codigo: number | null; senal: NodeJS.Signals | null; errores: string }>

const carpetaDe = (t: TestContext): string => {
  const carpeta = mkdtempSync(join(tmpdir(), 'caidas-'))
  t.after(() => rmSync(carpeta, { recursive: true, force: true }))
  return carpeta
}

const nacer = (encargo: Encargo) => {
  const hijo = fork(HIJO, [JSON.stringify(encargo)], {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILADO },
  })
  let errores = ''
  hijo.stderr?.on('data', (texto) => {
    errores += texto
  })
  const fin: Promise<Salida> = once(hijo, 'close').then(([codigo, senal]) => ({ codigo, senal, errores }))
  return { hijo, fin }
}

const morirEn = async (encargo: Encargo): Promise<void> => {
  assert.deepEqual(await nacer(encargo).fin, { codigo: null, senal: 'SIGKILL', errores: '' })
}

const balanceDe = (carpeta: string): Balance => leerBalance(join(carpeta, ARCHIVO), TOPICO)

/** Todo lo publicado tuvo su efecto una sola vez y en el orden de su llave, menos lo que se dice. */
const exigirUnaVez = ({ publicados, enElLog, efectos, repetidos }: Balance, total: number, salvo: readonly string[] = []): void => {
  const todos = Array.from({ length: total }, (_, n) => nombreDe(n))
  assert.deepEqual(publicados, todos)
  assert.deepEqual(enElLog, todos, 'lo escrito y lo publicado no son lo mismo')
  const hechos = [...efectos.values()].flat()
  assert.deepEqual(
    hechos.toSorted(),
    todos.filter((mensaje) => !salvo.includes(mensaje)),
  )
  for (const [llave, suyos] of efectos) assert.deepEqual(suyos, suyos.toSorted(), `la llave ${llave} se desordenó`)
  assert.deepEqual(repetidos, [], 'el acuse no fue con el efecto')
}

before(() => nacer({ carpeta: COMPILADO, topico: TOPICO, total: 1, llaves: 1, porVida: 1 }).fin)
after(() => rmSync(COMPILADO, { recursive: true, force: true }))

test('dos consumidores muertos y vueltos a empezar al azar: 2.000 efectos, cada uno una vez y en el orden de su llave', async (t) => {
  const encargo = { carpeta: carpetaDe(t), topico: TOPICO, total: 2_000, llaves: 50, porVida: 125 }
  const azar = mulberry32(2_022)
  let muertes = 0
  for (let publicados = 0; publicados < encargo.total; publicados = balanceDe(encargo.carpeta).publicados.length) {
    const { hijo, fin } = nacer(encargo)
    // Cada vida avanza algo: tres muertes sin avanzar culparían al mensaje que estaba en curso.
    let faltan = Math.ceil(azar() * encargo.porVida)
    const avance = new Promise<void>((resolver) => hijo.on('message', () => --faltan === 0 && resolver()))
    await Promise.race([avance, fin])
    await esperar(azar() * 4)
    hijo.kill('SIGKILL')
    if ((await fin).senal === 'SIGKILL') muertes++
  }
  await vivir(encargo)
  const balance = balanceDe(encargo.carpeta)
  assert.deepEqual(balance.apartados, [])
  exigirUnaVez(balance, encargo.total)
  assert.ok(muertes >= 15, `sólo murió ${muertes} veces`)
  t.diagnostic(`murió ${muertes} veces`)
})

test('un mensaje que mata al proceso se aparta a la tercera, y los inocentes a su alrededor se hacen una vez', async (t) => {
  const encargo = { carpeta: carpetaDe(t), topico: TOPICO, total: 40, llaves: 4, porVida: 40, asesino: { id: '00018', intentos: 9 } }
  for (let vida = 1; vida <= 3; vida++) await morirEn(encargo)
  await vivir(encargo, { antesDelEfecto: ({ mensaje }) => assert.notEqual(mensaje.id, encargo.asesino.id) })
  const balance = balanceDe(encargo.carpeta)
  exigirUnaVez(balance, encargo.total, ['00018'])
  assert.deepEqual(balance.apartados, [{ id: '00018', codigo: 'mato_al_proceso', intentos: '3' }])
})

test('el que mató al proceso dos veces y a la tercera se pudo manejar no se aparta', async (t) => {
  const encargo = { carpeta: carpetaDe(t), topico: TOPICO, total: 20, llaves: 4, porVida: 20, asesino: { id: '00007', intentos: 2 } }
  for (let vida = 1; vida <= 2; vida++) await morirEn(encargo)
  await vivir(encargo)
  const balance = balanceDe(encargo.carpeta)
  exigirUnaVez(balance, encargo.total)
  assert.deepEqual(balance.apartados, [])
})

const PUNTOS = [
  'outbox.antes_de_escribir',
  'outbox.despues_de_escribir',
  'broker.antes_de_manejar',
  'broker.despues_de_manejar',
  'uow.antes_de_confirmar',
  'uow.despues_de_confirmar',
] as const

describe('muerto en un punto de caída y vuelto a empezar, nada se pierde ni se repite', { concurrency: 2 }, () => {
  for (const nombre of PUNTOS)
    test(nombre, async (t) => {
      for (const vez of [1, 13]) {
        const encargo = { carpeta: carpetaDe(t), topico: TOPICO, total: 60, llaves: 5, porVida: 60 }
        await morirEn({ ...encargo, punto: { nombre, vez } })
        await vivir(encargo)
        const balance = balanceDe(encargo.carpeta)
        exigirUnaVez(balance, encargo.total)
        assert.deepEqual(balance.apartados, [])
      }
    })
})
