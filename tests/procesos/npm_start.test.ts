import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { type Contexto, cargar } from './apoyo/carga.ts'
import { atiende } from './apoyo/enchufes.ts'
import { hastaQue } from './apoyo/hechos.ts'
import { drenado } from './apoyo/por_fuera.ts'
import { type Banco, RAIZ, unBanco } from './apoyo/servidor.ts'

const MB = 1_024
/** Todo el sistema en un solo proceso, ya en reposo. */
const MEMORIA_MAXIMA_MB = 150
const PETICIONES = 200

/** `npm start` de verdad, con el lanzador y la caché de compilación de siempre, en su propio grupo de procesos. */
const npmStart = async (banco: Banco) => {
  const npm = await banco.arrancar({ programa: 'npm', args: ['start'], cwd: RAIZ, grupo: true, env: { NODE_COMPILE_CACHE: undefined } })
  const servidor = Number(/"pid":(\d+)/.exec(readFileSync(`${banco.carpeta}/direcciones.json`, 'utf8'))?.[1])
  return { npm, servidor }
}

const existe = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Avisa sólo al servidor, por el pid que él publicó: npm y el lanzador terminan con él, y no queda nadie del grupo. */
const detener = async ({ npm, servidor }: Awaited<ReturnType<typeof npmStart>>): Promise<void> => {
  process.kill(servidor, 'SIGTERM')
  assert.deepEqual(await npm.fin(), { codigo: 0, senal: null }, npm.errores())
  await hastaQue('que no quede nadie del grupo', () => !existe(servidor) && !existe(-npm.pid))
  assert.equal(await atiende(npm.api), false)
}

const memoriaMb = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / MB

const medirMemoria = async (t: TestContext, pid: number, cuando: string): Promise<void> => {
  if (!existsSync('/proc/self/status')) return t.diagnostic('memoria sin medir: este sistema no tiene /proc/<pid>/status')
  const alTerminar = memoriaMb(pid)
  await hastaQue(`que ocupe ${MEMORIA_MAXIMA_MB} MB o menos`, () => memoriaMb(pid) <= MEMORIA_MAXIMA_MB)
  t.diagnostic(`memoria ${cuando}: ${alTerminar.toFixed(1)} MB; en reposo, ${memoriaMb(pid).toFixed(1)} MB`)
}

test('npm start: en reposo ocupa 150 MB o menos, recién arrancado y después de atender; SIGTERM al servidor termina npm en 0 y no deja procesos', async (t) => {
  const banco = unBanco(t)
  const primera = await npmStart(banco)
  await medirMemoria(t, primera.servidor, 'recién instalado')
  await detener(primera)
  const segunda = await npmStart(banco)
  const contexto: Contexto = { diario: [], azar: Math.random, firmas: {} }
  await cargar(contexto, segunda.npm, PETICIONES)
  await drenado(segunda.npm.api)
  await medirMemoria(t, segunda.servidor, `tras ${PETICIONES} peticiones`)
  await detener(segunda)
})
