import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ErrorDominio, noDisponible } from '../../dominio/errores.ts'
import { ReglaRota } from '../../dominio/reglas.ts'
import { entornoVirtual } from '../../pruebas/entorno_virtual.ts'
import { consultas } from '../almacen/consultas.ts'
import type { Migraciones } from '../almacen/migraciones.ts'
import { abrirAlmacenSqlite } from '../almacen/sqlite/almacen.ts'
import { abrirBrokerEmbebido } from '../broker/embebido/broker.ts'
import { migracionesEmbebido } from '../broker/embebido/tablas.ts'
import { migracionesInbox } from '../inbox.ts'
import { conApartado } from './apartado.ts'
import { conBitacora } from './bitacora.ts'
import { conCorrelacion } from './correlacion.ts'
import { type Efecto, unaVez } from './idempotencia.ts'
import { type EnCurso, encadenar, type Middleware } from './paso.ts'
import { conPlazo } from './plazo.ts'
import { conReintento } from './reintento.ts'

const consulta = consultas<{ efectos: { id: string } }>()
const anotarEfecto = consulta((db, p: { id: string }) => db.insertInto('efectos').values({ id: p.id }))
const leerEfectos = consulta((db, _: object) => db.selectFrom('efectos').selectAll())
const migraciones: Migraciones = {
  modulo: 'prueba',
  lista: [{ nombre: 'efectos', pasos: ({ schema }) => [schema.createTable('efectos').addColumn('id', 'text')] }],
}

/** Un consumidor de verdad, con su almacén y su broker, cuyo reloj mueve la prueba. */
const unConsumidor = async (politicas: (entorno: ReturnType<typeof entornoVirtual>) => readonly Middleware[], efecto: Efecto) => {
  const carpeta = mkdtempSync(join(tmpdir(), 'consumo-'))
  const entorno = entornoVirtual()
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno, migraciones: [migracionesEmbebido, migracionesInbox, migraciones] })
  const broker = await abrirBrokerEmbebido({ almacen, entorno, conservarMs: 1e9, alFallar: assert.ifError })
  const suscribir = (nombre: string, suyo: Efecto) => {
    const paso = encadenar(politicas(entorno), unaVez({ uow: almacen, reloj: entorno.reloj, consumidor: nombre }, suyo))
    return broker.suscribir({ topico: 't', nombre, tipo: 'Key_Shared', inicio: 'primero', permisos: 10, manejar: conCorrelacion(paso) })
  }
  await suscribir('sub', efecto)
  return {
    entorno,
    suscribir,
    publicar: async (id: string, propiedades = {}) => {
      await almacen.ejecutar((tx) => broker.publicar(tx, [{ topico: 't', id, llave: id, datos: Buffer.from(id), propiedades }]))
      await entorno.reposo()
    },
    efectos: async () => (await almacen.lector.todas(leerEfectos, {})).map(({ id }) => id),
    apartados: async () =>
      (await broker.apartados.ver({})).map(({ mensaje, causa, intentos }) => ({ id: mensaje.id, codigo: causa.codigo, intentos })),
    pendientes: () => broker.atrasos()[0]?.pendientes,
    cerrar: async () => {
      await broker.cerrar()
      await almacen.cerrar()
      rmSync(carpeta, { recursive: true })
    },
  }
}

const hacer: Efecto = async (tx, { entrega }) => void (await tx.ejecutar(anotarEfecto, { id: entrega.mensaje.id }))

/** Falla las primeras `veces`, después de haber escrito: lo escrito debe deshacerse. */
const fallando = (veces: number, error: () => unknown): { efecto: Efecto; intentos: number[] } => {
  const intentos: number[] = []
  const efecto: Efecto = async (tx, enCurso) => {
    intentos.push(enCurso.entrega.intento)
    await hacer(tx, enCurso)
    if (intentos.length <= veces) throw error()
  }
  return { efecto, intentos }
}

const completas = ({ azar }: ReturnType<typeof entornoVirtual>) => [conApartado, conReintento({ azar })]

test('un mensaje con el mismo id, publicado dos veces, hace su efecto una vez', async () => {
  const consumidor = await unConsumidor(completas, hacer)
  await consumidor.publicar('a')
  await consumidor.publicar('a')
  assert.deepEqual(await consumidor.efectos(), ['a'])
  assert.equal(consumidor.pendientes(), 0)
  await consumidor.cerrar()
})

test('dos consumidores de un tópico hacen cada uno lo suyo: lo que uno ya hizo no calla al otro', async () => {
  const consumidor = await unConsumidor(completas, hacer)
  await consumidor.suscribir('otra', async (tx) => void (await tx.ejecutar(anotarEfecto, { id: 'de la otra' })))
  await consumidor.publicar('a')
  assert.deepEqual((await consumidor.efectos()).toSorted(), ['a', 'de la otra'])
  await consumidor.cerrar()
})

test('B45 un efecto que falla se deshace y se repite: dos veces enseguida y después con espera', async () => {
  const { efecto, intentos } = fallando(3, () => new Error('pasajero'))
  const consumidor = await unConsumidor(completas, efecto)
  await consumidor.publicar('a')
  await consumidor.entorno.avanzar(10)
  assert.deepEqual(intentos, [1, 2, 3])
  assert.deepEqual(await consumidor.efectos(), [])
  await consumidor.entorno.avanzar(10_000)
  assert.deepEqual(intentos, [1, 2, 3, 4])
  assert.deepEqual(await consumidor.efectos(), ['a'])
  await consumidor.cerrar()
})

test('agotados los intentos, el mensaje se aparta con su causa y el consumidor sigue', async () => {
  const { efecto } = fallando(6, () => new ErrorDominio({ codigo: 'roto', clase: 'interno', texto: { es: 'roto', en: 'broken' } }))
  const consumidor = await unConsumidor(completas, efecto)
  await consumidor.publicar('a')
  await consumidor.entorno.avanzar(61_000)
  assert.deepEqual(await consumidor.apartados(), [{ id: 'a', codigo: 'roto', intentos: 6 }])
  await consumidor.publicar('b')
  assert.deepEqual(await consumidor.efectos(), ['b'])
  await consumidor.cerrar()
})

test('una regla rota no se repite: se aparta a la primera', async () => {
  const { efecto, intentos } = fallando(9, () => new ReglaRota('UnaRegla', { es: 'no', en: 'no' }))
  const consumidor = await unConsumidor(completas, efecto)
  await consumidor.publicar('a')
  assert.deepEqual(intentos, [1])
  assert.deepEqual(await consumidor.apartados(), [{ id: 'a', codigo: 'UnaRegla', intentos: 1 }])
  await consumidor.cerrar()
})

test('lo que no es culpa del mensaje se repite cuanto haga falta', async () => {
  const { efecto, intentos } = fallando(12, () => noDisponible('dependencia', { es: 'no está', en: 'it is away' }))
  const consumidor = await unConsumidor(completas, efecto)
  await consumidor.publicar('a')
  await consumidor.entorno.avanzar(10 * 60_000)
  assert.equal(intentos.length, 13)
  assert.deepEqual(await consumidor.efectos(), ['a'])
  assert.deepEqual(await consumidor.apartados(), [])
  await consumidor.cerrar()
})

test('un intento que pasa de su plazo se repite, y si termina tarde no hace el efecto dos veces', async () => {
  let soltar = () => {}
  const lento: Middleware = (siguiente) => async (enCurso) => {
    if (enCurso.entrega.intento === 1) await new Promise<void>((resolver) => (soltar = resolver))
    await siguiente(enCurso)
  }
  const politicas = (entorno: ReturnType<typeof entornoVirtual>) => [
    ...completas(entorno),
    conPlazo({ ms: 500, planificador: entorno.planificador }),
    lento,
  ]
  const consumidor = await unConsumidor(politicas, hacer)
  await consumidor.publicar('a')
  await consumidor.entorno.avanzar(600)
  assert.deepEqual(await consumidor.efectos(), ['a'])
  soltar()
  await consumidor.entorno.reposo()
  assert.deepEqual(await consumidor.efectos(), ['a'])
  assert.equal(consumidor.pendientes(), 0)
  await consumidor.cerrar()
})

test('la conversación sigue: el actor y la correlación del mensaje, y el mensaje como causa', async () => {
  const vistos: EnCurso['origen'][] = []
  const consumidor = await unConsumidor(completas, async (_, { origen }) => void vistos.push(origen))
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  await consumidor.publicar('a', { actor: 'operador:op1', correlationid: 'conversacion', traceparent })
  await consumidor.publicar('b', { actor: 'cualquiera' })
  assert.deepEqual(vistos, [
    { actor: { id: 'op1', rol: 'operador' }, correlacion: 'conversacion', causa: 'a', traza: traceparent },
    { actor: { id: 'anonimo', rol: 'anonimo' }, correlacion: 'b', causa: 'b' },
  ])
  await consumidor.cerrar()
})

test('cada mensaje deja una línea: qué era, en qué intento y cómo terminó', async () => {
  const lineas: (readonly [string, string, number])[] = []
  const anotar = (nivel: string) => (datos: object) =>
    void lineas.push([nivel, Reflect.get(datos, 'mensaje'), Reflect.get(datos, 'intento')])
  const bitacora = { debug: anotar('debug'), warn: anotar('warn'), isLevelEnabled: () => true }
  const { efecto } = fallando(1, () => new Error('pasajero'))
  const politicas = (entorno: ReturnType<typeof entornoVirtual>) => [
    ...completas(entorno),
    conBitacora({ bitacora, reloj: entorno.reloj, consumidor: 'sub' }),
  ]
  const consumidor = await unConsumidor(politicas, efecto)
  await consumidor.publicar('a')
  await consumidor.entorno.avanzar(10)
  assert.deepEqual(lineas, [
    ['warn', 'a', 1],
    ['debug', 'a', 2],
  ])
  await consumidor.cerrar()
})
