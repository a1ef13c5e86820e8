import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { setTimeout as momento } from 'node:timers/promises'
import { mulberry32 } from 'seedwork/pruebas/entorno_virtual.ts'
import { type Contexto, cargar, type Diario, repetirDesconocidos } from './apoyo/carga.ts'
import { hastaQue } from './apoyo/hechos.ts'
import { faltas, leerRestos } from './apoyo/leyes.ts'
import { drenado, faltasPorFuera, firmasDe } from './apoyo/por_fuera.ts'
import { type Banco, unBanco } from './apoyo/servidor.ts'

const SEMILLA = Number(process.env.SEMILLA ?? 20_260_301)
const MUERTES = 12
/** Cuántos intentos ve, a lo más, la que muere atendiendo, y un poco después de cuál; y cuánto vive la que muere mientras arranca. */
const VIDA = 80
const POCO_MS = 20
const ARRANQUE_MS = 900

/** Una vida que se corta en un momento al azar: arrancando, atendiendo o, tras un SIGTERM, mientras se detiene. */
const vidaCortada = async (banco: Banco, contexto: Contexto): Promise<void> => {
  const { azar } = contexto
  const suerte = azar()
  if (suerte < 0.15) {
    const proceso = banco.lanzar()
    await Promise.race([momento(azar() * ARRANQUE_MS), proceso.fin()])
    proceso.senal('SIGKILL')
    return void (await proceso.fin())
  }
  const servidor = await banco.arrancar()
  const carga = cargar(contexto, servidor)
  const hasta = contexto.diario.length + azar() * VIDA
  await hastaQue('que vea sus intentos', () => contexto.diario.length >= hasta)
  await momento(azar() * POCO_MS)
  if (suerte > 0.85) {
    servidor.senal('SIGTERM')
    await Promise.race([momento(azar() * POCO_MS), servidor.fin()])
  }
  servidor.senal('SIGKILL')
  await Promise.all([servidor.fin(), carga])
}

/** La primera vida crea la clave y termina en orden; después, las que se cortan. Queda un servidor con todo saldado. */
const sobrevivir = async (banco: Banco, diario: Diario) => {
  const primera = await banco.arrancar()
  const firmas = firmasDe(banco.carpeta, 'ana', 'beto')
  const contexto = { diario, azar: mulberry32(SEMILLA), firmas: firmas.viajeros }
  await cargar(contexto, primera, 40)
  primera.senal('SIGTERM')
  assert.deepEqual(await primera.fin(), { codigo: 0, senal: null }, primera.errores())
  for (let i = 0; i < MUERTES; i++) await vidaCortada(banco, contexto)
  const servidor = await banco.arrancar()
  await repetirDesconocidos(contexto, servidor)
  await cargar(contexto, servidor, 40)
  await drenado(servidor.api)
  return { servidor, firmas }
}

const contar = (t: TestContext, diario: Diario, carpeta: string): void => {
  const { log, operaciones } = leerRestos(carpeta)
  const desenlaces = Object.entries(Object.groupBy(diario, ({ desenlace }) => desenlace)).map(
    ([nombre, cuales]) => `${cuales.length} ${nombre}`,
  )
  const fallidas = operaciones.filter(({ estado }) => estado === 'fallida').length
  t.diagnostic(
    `semilla ${SEMILLA} · ${MUERTES} muertes · intentos: ${desenlaces.join(', ')} · ${log.length} mensajes · ${fallidas} fallidas`,
  )
  assert.ok(diario.filter(({ desenlace }) => desenlace === 'ok').length > 100 && fallidas > 0 && fallidas < operaciones.length)
}

/** Cada una deja el archivo como lo dejaría un defecto distinto. */
const DEFECTOS: Readonly<Record<string, string>> = {
  'una reserva aceptada se perdió': "DELETE FROM reservas WHERE id = (SELECT llave FROM outbox WHERE topico = 'eventos-reserva' LIMIT 1)",
  'un evento se perdió': "DELETE FROM outbox WHERE posicion = (SELECT max(posicion) FROM outbox WHERE topico = 'eventos-reserva')",
  'un comando aceptado se perdió':
    "DELETE FROM outbox WHERE posicion = (SELECT min(posicion) FROM outbox WHERE topico = 'comandos-reserva')",
  'un evento salió dos veces':
    "INSERT INTO outbox SELECT (SELECT max(posicion) FROM outbox) + 1, topico, 'otro', llave, para, propiedades, datos, instante, NULL FROM outbox WHERE topico = 'eventos-reserva' LIMIT 1",
  'un comando se aceptó dos veces':
    "INSERT INTO outbox SELECT (SELECT max(posicion) FROM outbox) + 1, topico, 'otro', llave, para, propiedades, datos, instante, NULL FROM outbox WHERE topico = 'comandos-reserva' LIMIT 1",
  'una operación quedó abierta': "UPDATE operaciones SET estado = 'aceptada' WHERE id = (SELECT max(id) FROM operaciones)",
  'una operación cambió de final':
    "UPDATE operaciones SET estado = 'fallida' WHERE id = (SELECT max(id) FROM operaciones WHERE estado = 'completada')",
  'una reserva volvió atrás':
    "UPDATE reservas SET estado = 'PENDIENTE' WHERE id = (SELECT max(id) FROM reservas WHERE estado <> 'PENDIENTE')",
  'el historial se atrasó':
    'UPDATE historial_cliente SET version = version - 1 WHERE id_reserva = (SELECT max(id_reserva) FROM historial_cliente)',
  'el resumen se atrasó':
    "UPDATE resumen_reservas SET estado = 'PENDIENTE' WHERE id = (SELECT max(id) FROM resumen_reservas WHERE estado <> 'PENDIENTE')",
  'un mensaje se consumió sin anotarse':
    'DELETE FROM inbox WHERE (consumidor, id_mensaje) = (SELECT consumidor, id_mensaje FROM inbox LIMIT 1)',
  'un mensaje se apartó': "UPDATE outbox SET topico = 'x-DLQ' WHERE posicion = (SELECT max(posicion) FROM outbox)",
}

const faltasCon = (banco: Banco, diario: Diario, sql: string): readonly string[] => {
  const copia = join(banco.carpeta, 'copia')
  mkdirSync(copia, { recursive: true })
  copyFileSync(join(banco.carpeta, 'aeroalpes.db'), join(copia, 'aeroalpes.db'))
  const db = new DatabaseSync(join(copia, 'aeroalpes.db'))
  const { changes } = db.prepare(sql).run()
  db.close()
  assert.equal(Number(changes), 1, sql)
  return faltas(leerRestos(copia), diario)
}

test('muerto de golpe doce veces bajo carga: lo aceptado está, cada cosa ocurrió una vez y el archivo cuenta una sola historia', async (t) => {
  const banco = unBanco(t)
  const diario: Diario = []
  const { servidor, firmas } = await sobrevivir(banco, diario)
  const restos = leerRestos(banco.carpeta)
  assert.deepEqual(faltas(restos, diario).slice(0, 20), [])
  assert.deepEqual((await faltasPorFuera(servidor.api, { restos, diario, firmas })).slice(0, 20), [])
  servidor.senal('SIGTERM')
  assert.deepEqual(await servidor.fin(), { codigo: 0, senal: null })
  contar(t, diario, banco.carpeta)

  for (const [defecto, sql] of Object.entries(DEFECTOS))
    await t.test(`el comprobador ve que ${defecto}`, () => assert.notDeepEqual(faltasCon(banco, diario, sql), []))
})
