import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { conectar, consumidor, type Enchufe, enBase64, esperar, lector, productor } from './banco_de_prueba.ts'

const TOTAL = 3_000
const MUERTES = 6
const VENTANA = 64
const LLAVES = 11

/** Un servidor en otro proceso, siempre en la misma carpeta y, desde la segunda vida, en el mismo puerto. */
const unServidor = (t: TestContext) => {
  const carpeta = mkdtempSync(join(tmpdir(), 'broker-ws-'))
  let [hijo, url] = [undefined as ReturnType<typeof spawn> | undefined, 'http://127.0.0.1:0']
  const matar = async (): Promise<void> => {
    if (hijo === undefined || hijo.exitCode !== null || hijo.signalCode !== null) return
    hijo.kill('SIGKILL')
    await once(hijo, 'exit')
  }
  t.after(async () => {
    await matar()
    rmSync(carpeta, { recursive: true })
  })
  const nacer = async (): Promise<void> => {
    const guion = join(import.meta.dirname, 'servidor_hijo.ts')
    const args = ['--disable-warning=ExperimentalWarning', guion, carpeta, new URL(url).port]
    hijo = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const [dicho] = (await once(hijo.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
    url = dicho.toString().trim()
  }
  return { nacer, matar, servidor: () => ({ url }) }
}

/** Manda de `confirmado + 1` a TOTAL, con VENTANA en vuelo, hasta terminar o hasta que el enchufe se cierre. Da el último confirmado. */
const enviar = async (p: Enchufe, confirmado: number): Promise<number> => {
  const fin = Promise.withResolvers<number>()
  let [ultimo, siguiente] = [confirmado, confirmado + 1]
  const avanzar = (): void => {
    for (; siguiente <= TOTAL && siguiente - ultimo <= VENTANA; siguiente++)
      p.enviar({ payload: enBase64(String(siguiente)), key: `k${siguiente % LLAVES}`, context: String(siguiente) })
    if (ultimo >= TOTAL) fin.resolve(ultimo)
  }
  p.crudo.on('message', (datos) => {
    const { result, context } = JSON.parse(String(datos))
    if (result !== 'ok') return
    ultimo = Number(context)
    avanzar()
  })
  avanzar()
  void p.cerrado.then(() => fin.resolve(ultimo))
  return fin.promise
}

test('muerto de golpe bajo carga: lo confirmado está, repetir lo demás con sus números no dobla ni desordena, y lo acusado no vuelve', async (t) => {
  const { nacer, matar, servidor } = unServidor(t)
  await nacer()
  const recibidos: number[] = []
  const consumir = async (): Promise<void> => {
    const c = await conectar(servidor(), consumidor('t', '&receiverQueueSize=50'))
    c.crudo.on('message', (datos) => {
      const { messageId, payload } = JSON.parse(String(datos))
      recibidos.push(Number(Buffer.from(payload, 'base64').toString()))
      c.enviar({ messageId })
    })
  }
  let confirmado = 0
  for (let vida = 0; confirmado < TOTAL; vida++) {
    await consumir()
    const p = await conectar(servidor(), productor('t', `?producerName=p&initialSequenceId=${confirmado}`))
    const envio = enviar(p, confirmado)
    const hasta = ((vida + 1) * TOTAL) / (MUERTES + 1)
    if (vida < MUERTES) {
      await esperar('que avance', () => p.tramas.length + confirmado >= hasta)
      await matar()
    }
    confirmado = await envio
    if (vida < MUERTES) await nacer()
  }
  await esperar('que se consuma todo', () => new Set(recibidos).size === TOTAL)
  const r = await conectar(servidor(), lector('t', '?messageId=earliest'))
  r.crudo.on('message', (datos) => r.enviar({ messageId: JSON.parse(String(datos)).messageId }))
  const todo = (await r.hasta(TOTAL)).map(({ payload }) => Number(Buffer.from(payload, 'base64').toString()))
  assert.deepEqual(
    todo,
    Array.from({ length: TOTAL }, (_, i) => i + 1),
  )
  for (const [llave, suyos] of Map.groupBy(recibidos, (numero) => numero % LLAVES)) {
    const primeros = [...new Set(suyos)]
    assert.deepEqual(
      primeros,
      primeros.toSorted((a, b) => a - b),
      `la llave ${llave}`,
    )
  }
  // Sólo puede repetirse lo que estaba en el aire en cada muerte.
  const repetidos = recibidos.length - TOTAL
  assert.ok(repetidos <= MUERTES * 50, `${repetidos} repetidos`)
  t.diagnostic(`${MUERTES} muertes · ${TOTAL} enviados · ${repetidos} entregados otra vez`)
})
