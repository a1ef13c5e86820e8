import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { type Contexto, cargar, pedidoDe } from './apoyo/carga.ts'
import { atiende, dejaDeAceptar, empezarPeticion } from './apoyo/enchufes.ts'
import { hastaQue } from './apoyo/hechos.ts'
import { faltas, leerRestos } from './apoyo/leyes.ts'
import { drenado } from './apoyo/por_fuera.ts'
import { direccionesDe, unBanco } from './apoyo/servidor.ts'

/** Bastante menos que el plazo de cierre (10 s) y que cualquier espera pedida: quien lo cumple no esperó por nadie. */
const PRONTO_MS = 6_000
const JSON_TIPO = { 'content-type': 'application/json' }

const cronometro = (): (() => number) => {
  const desde = performance.now()
  return () => performance.now() - desde
}

/** Una operación aceptada de la que nadie se ocupará: quien la espere, espera hasta que se cumpla su plazo. */
const operacionSinFin = (carpeta: string): string => {
  const id = randomUUID()
  const db = new DatabaseSync(join(carpeta, 'aeroalpes.db'))
  db.exec('PRAGMA busy_timeout = 5000')
  db.prepare(
    `INSERT INTO operaciones (id, comando, sujeto, actor, estado, eventos, fecha_creacion, fecha_actualizacion)
     VALUES (?, 'CrearReserva', 'r', 'anonimo', 'aceptada', '[]', 0, 0)`,
  ).run(id)
  db.close()
  return id
}

test('SIGTERM responde lo que está en curso, no espera a quien espera y termina en 0', async (t) => {
  const banco = unBanco(t)
  const servidor = await banco.arrancar()
  const espera = await empezarPeticion(`${servidor.api}/operaciones/${operacionSinFin(banco.carpeta)}`, {
    cabeceras: { prefer: 'wait=30' },
  })
  const respuestaDeEspera = espera.terminar()
  const directa = await empezarPeticion(`${servidor.api}/vuelos/reserva`, { metodo: 'POST', cabeceras: JSON_TIPO })
  const comando = await empezarPeticion(`${servidor.api}/vuelos/reserva-comando`, { metodo: 'POST', cabeceras: JSON_TIPO })
  const tardado = cronometro()
  servidor.senal('SIGTERM')
  await dejaDeAceptar(servidor.api)
  const reserva = await directa.terminar(JSON.stringify(pedidoDe('directa')))
  const aceptada = await comando.terminar(JSON.stringify(pedidoDe('comando')))
  assert.equal(reserva.estado, 200, reserva.texto)
  assert.equal(aceptada.estado, 202, aceptada.texto)
  const esperada = await respuestaDeEspera
  assert.equal(esperada.estado, 200, esperada.texto)
  assert.equal(JSON.parse(esperada.texto).estado, 'aceptada')
  assert.deepEqual(await servidor.fin(), { codigo: 0, senal: null }, servidor.errores())
  assert.ok(tardado() < PRONTO_MS, `tardó ${tardado()} ms`)
  assert.equal(direccionesDe(banco.carpeta), undefined)
  const { reservas, operaciones } = leerRestos(banco.carpeta)
  assert.ok(reservas.some(({ id }) => id === JSON.parse(reserva.texto).id))
  assert.ok(operaciones.some(({ id }) => id === JSON.parse(aceptada.texto).id_operacion))
})

test('SIGTERM no espera a que un cliente suelte la conexión que guarda, aunque su última respuesta saliera durante el cierre', async (t) => {
  const banco = unBanco(t)
  const servidor = await banco.arrancar()
  const opciones = { metodo: 'POST', cabeceras: JSON_TIPO, guardar: true }
  const guardada = await empezarPeticion(`${servidor.api}/vuelos/reserva`, opciones)
  const tardado = cronometro()
  servidor.senal('SIGTERM')
  await dejaDeAceptar(servidor.api)
  const { estado, texto } = await guardada.terminar(JSON.stringify(pedidoDe('guardada')))
  assert.equal(estado, 200, texto)
  assert.deepEqual(await servidor.fin(), { codigo: 0, senal: null }, servidor.errores())
  assert.ok(tardado() < PRONTO_MS, `tardó ${tardado()} ms`)
})

test('SIGTERM bajo carga, con clientes que guardan sus conexiones, termina en 0 y pronto; al volver no falta ni sobra nada', async (t) => {
  const banco = unBanco(t)
  const servidor = await banco.arrancar()
  const contexto: Contexto = { diario: [], azar: Math.random, firmas: {} }
  const carga = cargar(contexto, servidor)
  await hastaQue('cien intentos', () => contexto.diario.length > 100)
  const tardado = cronometro()
  servidor.senal('SIGTERM')
  assert.deepEqual(await servidor.fin(), { codigo: 0, senal: null }, servidor.errores())
  assert.ok(tardado() < PRONTO_MS, `tardó ${tardado()} ms`)
  await carga
  const otro = await banco.arrancar()
  await cargar(contexto, otro, 10)
  await drenado(otro.api)
  assert.deepEqual(faltas(leerRestos(banco.carpeta), contexto.diario), [])
})

test('SIGTERM no espera para siempre a quien nunca termina de pedir: corta y sale en 0', async (t) => {
  const banco = unBanco(t)
  const servidor = await banco.arrancar()
  const colgada = await empezarPeticion(`${servidor.api}/vuelos/reserva`, { metodo: 'POST', cabeceras: JSON_TIPO })
  t.after(colgada.abandonar)
  servidor.senal('SIGTERM')
  assert.deepEqual(await servidor.fin(), { codigo: 0, senal: null }, servidor.errores())
})

test('una segunda señal termina ya, sin esperar a lo que retiene a la primera', async (t) => {
  const banco = unBanco(t)
  const servidor = await banco.arrancar()
  const colgada = await empezarPeticion(`${servidor.api}/vuelos/reserva`, { metodo: 'POST', cabeceras: JSON_TIPO })
  t.after(colgada.abandonar)
  servidor.senal('SIGINT')
  await dejaDeAceptar(servidor.api)
  assert.equal(servidor.terminado(), false)
  const tardado = cronometro()
  servidor.senal('SIGINT')
  assert.deepEqual(await servidor.fin(), { codigo: 130, senal: null })
  assert.ok(tardado() < PRONTO_MS, `tardó ${tardado()} ms`)
  assert.equal(direccionesDe(banco.carpeta), undefined)
  assert.equal(await atiende(servidor.api), false)
})
