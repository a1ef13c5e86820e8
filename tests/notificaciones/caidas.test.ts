import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { unaReserva } from 'notificaciones/pruebas/constructores.ts'
import { viajesDe } from 'notificaciones/reserva.ts'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { abrirApiDeReservas, abrirServidorDeCorreo, cabeceraDe, type ServidorDeCorreo } from '../apoyo/correo.ts'
import { hastaQue } from '../apoyo/hechos.ts'

/** En vuelo a la vez: los que una muerte puede dejar sin saberse. */
const EN_VUELO = 5
const MUERTES = 8
const EVENTOS = 1_000

/** Aquí importa cuántos correos, no qué dicen. */
const deUnVuelo = (id: string) => {
  const [primero = []] = viajesDe(unaReserva())
  return unaReserva({ id, itinerarios: [{ odos: [{ segmentos: [{ legs: primero.slice(0, 1) }] }] }] })
}

/** Un proceso de notificaciones en su carpeta, entre un servidor de correo y una API que viven aquí y no mueren. */
const preparar = async (t: TestContext) => {
  let alAceptar = (_cuantos: number): void => {}
  const [correo, api] = [
    await abrirServidorDeCorreo({ soloCabeceras: true, alAceptar: (cuantos) => alAceptar(cuantos) }),
    await abrirApiDeReservas({ reserva: deUnVuelo }),
  ]
  const carpeta = mkdtempSync(join(tmpdir(), 'caidas-'))
  const vivos = new Set<ChildProcess>()
  t.after(async () => {
    for (const hijo of vivos) hijo.kill('SIGKILL')
    await Promise.all([correo.cerrar(), api.cerrar()])
    rmSync(carpeta, { recursive: true })
  })
  /** Arranca y publica `cuantos` eventos, numerados desde `desde`. */
  const arrancar = async ({ desde = 0, cuantos = 0, punto = '' }: { desde?: number; cuantos?: number; punto?: string } = {}) => {
    const argumentos = [carpeta, api.url, correo.url, String(desde), String(cuantos), punto]
    const hijo = spawn(process.execPath, [join(import.meta.dirname, 'hijo.ts'), ...argumentos], { stdio: ['ignore', 'pipe', 'inherit'] })
    vivos.add(hijo)
    const muerte = once(hijo, 'exit').finally(() => vivos.delete(hijo))
    await Promise.race([once(hijo.stdout, 'data'), muerte])
    return { hijo, muerte }
  }
  const enCadaUno = (que: typeof alAceptar): void => {
    alAceptar = que
  }
  return { correo, carpeta, arrancar, enCadaUno }
}

/** Lo que quedó anotado de cada evento. */
const anotados = (carpeta: string): ReadonlyMap<string, string> => {
  const db = new DatabaseSync(join(carpeta, 'notificaciones', 'aeroalpes.db'), { readOnly: true, timeout: 5_000 })
  const filas = db.prepare('SELECT id_evento, estado FROM correos').all()
  db.close()
  return new Map(filas.map(({ id_evento, estado }) => [String(id_evento), String(estado)]))
}

const recibidos = ({ aceptados }: ServidorDeCorreo): readonly string[] =>
  aceptados.map((uno) => String(cabeceraDe(uno, 'x-aeroalpes-evento')))

test('muerto a golpes sobre 1.000 eventos: cada correo salió una vez, y los de respuesta perdida están contados', {
  timeout: 85_000,
}, async (t) => {
  const { correo, carpeta, arrancar, enCadaUno } = await preparar(t)
  const azar = mulberry32(11)
  const cuantos = EVENTOS / MUERTES
  for (let muertes = 0; muertes < MUERTES; muertes++) {
    const { hijo, muerte } = await arrancar({ desde: muertes * cuantos, cuantos })
    const hasta = correo.aceptados.length + 1 + Math.floor(azar() * cuantos)
    // Una vez sí y otra no, con un correo aceptado y sin responder: su respuesta se pierde seguro. Las demás, donde caiga.
    if (muertes % 2 === 0) enCadaUno((aceptados) => aceptados >= hasta && hijo.kill('SIGKILL'))
    else hastaQue('que avance', async () => correo.aceptados.length >= hasta).then(() => hijo.kill('SIGKILL'), assert.ifError)
    assert.deepEqual(await muerte, [null, 'SIGKILL'])
    enCadaUno(() => {})
  }
  const { muerte } = await arrancar()
  assert.deepEqual(await muerte, [0, null])

  const estados = anotados(carpeta)
  const con = (estado: string): string[] => [...estados].filter(([, suyo]) => suyo === estado).map(([id]) => id)
  const [enviados, ambiguos, vistos] = [con('enviado'), con('ambiguo'), recibidos(correo)]
  t.diagnostic(`${enviados.length} enviados y ${ambiguos.length} ambiguos en ${MUERTES} muertes; el servidor recibió ${vistos.length}`)
  assert.equal(new Set(vistos).size, vistos.length, 'ninguno salió dos veces')
  assert.equal(enviados.length + ambiguos.length, EVENTOS, 'de todos se sabe en qué quedaron')
  assert.deepEqual(
    enviados.filter((id) => !vistos.includes(id)),
    [],
    'todo el que consta como enviado se recibió',
  )
  assert.deepEqual(
    vistos.filter((id) => estados.get(id) === undefined),
    [],
    'todo el que se recibió consta',
  )
  assert.equal(vistos.length, enviados.length + ambiguos.filter((id) => vistos.includes(id)).length)
  assert.ok(ambiguos.length >= MUERTES / 2, 'los de respuesta perdida están contados')
  assert.ok(ambiguos.length <= MUERTES * EN_VUELO, 'y sólo los que estaban en vuelo en una muerte')
})

const unaMuerteEn = async (t: TestContext, punto: string) => {
  const { correo, carpeta, arrancar } = await preparar(t)
  assert.deepEqual(await (await arrancar({ cuantos: 1, punto })).muerte, [null, 'SIGKILL'])
  const antes = recibidos(correo).length
  assert.deepEqual(await (await arrancar()).muerte, [0, null])
  return { antes, despues: recibidos(correo).length, estado: anotados(carpeta).get('e0') }
}

test('muerto antes de anotar el intento: el servidor no pudo aceptarlo, así que sale después', async (t) => {
  assert.deepEqual(await unaMuerteEn(t, 'correo.antes_de_anotar_intento'), { antes: 0, despues: 1, estado: 'enviado' })
})

test('muerto con el intento anotado y sin respuesta: no se sabe, y no se repite', async (t) => {
  assert.deepEqual(await unaMuerteEn(t, 'correo.despues_de_anotar_intento'), { antes: 0, despues: 0, estado: 'ambiguo' })
})

test('muerto entre la respuesta del servidor y su anotación: salió, no se repite, y se cuenta', async (t) => {
  assert.deepEqual(await unaMuerteEn(t, 'correo.despues_de_responder'), { antes: 1, despues: 1, estado: 'ambiguo' })
})

test('muerto después de anotar que salió, antes del acuse: no se repite', async (t) => {
  assert.deepEqual(await unaMuerteEn(t, 'correo.despues_de_anotar_final'), { antes: 1, despues: 1, estado: 'enviado' })
})
