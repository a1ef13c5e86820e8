// Cada consulta que la API hace, con doscientas mil filas, va por un índice: PostgreSQL dice cómo la haría, con cualquier parámetro.
process.env.ALMACEN_DE_PRUEBA = 'postgres'

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import type { Consulta } from 'seedwork/infraestructura/almacen/consultas.ts'
import type { Almacen, Lector, Tx } from 'seedwork/infraestructura/almacen/puerto.ts'
import { abrirApiPorPartes } from './apoyo/api.ts'
import { enCurso } from './apoyo/archivo.ts'
import { hastaQue } from './apoyo/hechos.ts'
import { unaCompra, unaOferta } from './apoyo/ofertas.ts'

const FILAS = 200_000
const vistas = new Set<string>()
const ver = <P extends object>(consulta: Consulta<P, unknown>): void => void vistas.add(consulta.sentencia('postgres').sql)

/** El mismo almacén, anotando qué se le pide. */
const lectorVisto = (lector: Lector): Lector => ({
  todas: (consulta, parametros) => {
    ver(consulta)
    return lector.todas(consulta, parametros)
  },
  una: (consulta, parametros) => {
    ver(consulta)
    return lector.una(consulta, parametros)
  },
})
const txVista = (tx: Tx): Tx => ({
  ...lectorVisto(tx),
  ejecutar: (consulta, parametros) => {
    ver(consulta)
    return tx.ejecutar(consulta, parametros)
  },
  escribir: (consulta, parametros) => {
    ver(consulta)
    tx.escribir(consulta, parametros)
  },
  juntar: (junta, valor) => {
    ver(junta.consulta)
    tx.juntar(junta, valor)
  },
  savepoint: (parte) => tx.savepoint((interior) => parte(txVista(interior))),
  alConfirmar: (aviso) => tx.alConfirmar(aviso),
})
const visto = (almacen: Almacen): Almacen => ({
  ...almacen,
  lector: lectorVisto(almacen.lector),
  ejecutar: (unidad, prioridad) => almacen.ejecutar((tx) => unidad(txVista(tx)), prioridad),
})

const api = await abrirApiPorPartes({ almacen: visto })
const cliente = new pg.Client({ connectionString: api.base })
await cliente.connect()
after(async () => {
  await cliente.end()
  await api.cerrar()
})

const ID = `lpad(to_hex(i), 8, '0') || '-0000-7000-8000-000000000000'`
const SIEMBRA = [
  `INSERT INTO reservas (id, version, estado, itinerarios, pasajeros, fecha_creacion, fecha_actualizacion, localizador)
   SELECT ${ID}, 1, 'PENDIENTE', '[]', '[]', 0, 0, CASE WHEN i % 2 = 0 THEN lpad(to_hex(i), 6, 'L') END FROM serie`,
  `INSERT INTO resumen_reservas (id, id_cliente, estado, por_pagar)
   SELECT ${ID}, 'c' || i % 1000, CASE WHEN i % 4 = 0 THEN 'CANCELADA' ELSE 'PENDIENTE' END, (i % 4 <> 0)::int FROM serie`,
  `INSERT INTO historial_cliente (id_cliente, id_reserva, estado, version, fecha) SELECT 'c' || i % 1000, ${ID}, 'PENDIENTE', 1, 0 FROM serie`,
  `INSERT INTO operaciones (id, comando, sujeto, actor, estado, eventos, fecha_creacion, fecha_actualizacion)
   SELECT ${ID}, 'CrearReserva', 's', 'a', 'completada', '[]', 0, 0 FROM serie`,
  `INSERT INTO inbox (consumidor, id_mensaje, instante) SELECT 'sub', ${ID}, 0 FROM serie`,
  `INSERT INTO idempotencia (actor, llave, huella, respuesta, instante) SELECT 'a' || i % 100, 'l' || i, '', '', 0 FROM serie`,
  `INSERT INTO pulsar_salida (topico, secuencia, id, propiedades, datos, instante) SELECT 't' || i % 3, i, 'x', '{}', '', 0 FROM serie`,
  `INSERT INTO pulsar_por_numerar (topico, id, propiedades, datos, instante) SELECT 't' || i % 3, 'x', '{}', '', 0 FROM serie`,
  `INSERT INTO pulsar_acuses (topico, nombre, posicion, instante) SELECT 't' || i % 50, 's', '1:' || i, 0 FROM serie`,
  `INSERT INTO plazos (id, proceso, id_proceso, nombre, version, vence) SELECT ${ID}, 'p', 'x', 'n', 1, i FROM serie`,
  `INSERT INTO procesos (proceso, id, version, estado, hilo) SELECT 'p', ${ID}, 1, '{}', '{}' FROM serie`,
]

/** Todo lo que se le puede pedir a la API, una vez. */
const usarTodo = async (): Promise<void> => {
  const ana = api.como('ana')
  const llave = { 'idempotency-key': 'una' }
  const { id } = await ana.unaReserva()
  await ana.reservar(undefined, llave)
  for (const pedido of [() => ana.reservarDespues(), () => ana.aprobar(id), () => ana.pagar(id), () => ana.cancelar(id)])
    await ana.desenlace(await pedido())
  const comprada = await ana.unaReserva(unaCompra(await unaOferta(ana)))
  await ana.pedir('GET', `/vuelos/localizador/${(comprada as unknown as { localizador: string }).localizador}?apellido=x`)
  for (const cada of [ana, api.operador])
    for (const consulta of ['', '?estado=PENDIENTE', '?estado=CANCELADA', '?pagada=no']) await cada.lista(consulta)
  await ana.historial()
  await api.operador.pedir('GET', '/mensajes/apartados')
  await hastaQue('que termine lo aceptado', async () => (await enCurso(api)) === 0)
}

/** Unas pocas filas, siempre: recorrerlas es lo mejor. */
const PEQUENAS = /Seq Scan on (?:almacen|esquemas|migraciones|pulsar_(?:topicos|arriendos|tramos|apartados|intentos)|asientos|contactos)\b/g

test('ninguna consulta de las que la API hace recorre una tabla de doscientas mil filas', async (t) => {
  for (const sentencia of SIEMBRA) await cliente.query(`WITH serie AS (SELECT i FROM generate_series(1, ${FILAS}) AS i) ${sentencia}`)
  await cliente.query('VACUUM ANALYZE')
  await usarTodo()
  const recorren: string[] = []
  for (const sql of vistas) {
    const plan = (await cliente.query(`EXPLAIN (GENERIC_PLAN) ${sql}`)).rows.map((fila) => String(fila['QUERY PLAN'])).join('\n')
    if (plan.replaceAll(PEQUENAS, '').includes('Seq Scan')) recorren.push(`${sql}\n${plan}`)
  }
  t.diagnostic(`${vistas.size} consultas`)
  assert.ok(vistas.size > 30, `sólo se vieron ${vistas.size} consultas`)
  assert.deepEqual(recorren, [])
})

test('B41 hay con qué listar, cambiar y quitar, y cada tabla tiene llave; ninguna restricción ni índice se llama sin su tabla', async () => {
  const { rows: tablas } = await cliente.query(
    `SELECT c.relname, EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p') AS llave
     FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'`,
  )
  assert.deepEqual(
    tablas.filter(({ llave }) => !llave),
    [],
  )
  const { rows: nombres } = await cliente.query(
    `SELECT indexrelid::regclass::text AS nombre, indrelid::regclass::text AS tabla FROM pg_index
     WHERE indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)`,
  )
  const ajenos = nombres.filter(({ nombre, tabla }) => !nombre.startsWith(tabla.split('_')[0]))
  assert.deepEqual(ajenos, [])
})
