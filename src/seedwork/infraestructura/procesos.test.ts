import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Proceso } from '../aplicacion/gestor_de_proceso.ts'
import { type EntornoVirtual, entornoVirtual } from '../pruebas/entorno_virtual.ts'
import { consultas } from './almacen/consultas.ts'
import type { Migraciones } from './almacen/migraciones.ts'
import type { Tx } from './almacen/puerto.ts'
import { abrirAlmacenSqlite } from './almacen/sqlite/almacen.ts'
import { crearDespertador } from './despertador.ts'
import { crearGestor, type Hilo, migracionesProcesos } from './procesos.ts'

/** Un proceso de prueba: al abrirse espera un segundo y cobra; si antes se cierra, no cobra. */
type Estado = Readonly<{ fase: 'abierto' | 'cerrado' }>
const cobro: Proceso<Estado, 'abrir' | 'cerrar', string, 'cobrar'> = {
  nombre: 'cobro',
  avanzar: (estado, entrada, { id, ahora }) => {
    if (estado?.fase === 'cerrado') return undefined
    if (entrada.tipo === 'vencio') return { estado: { fase: 'cerrado' }, comandos: [`cobrar ${id}`], plazos: [] }
    if (entrada.hecho === 'cerrar') return { estado: { fase: 'cerrado' }, comandos: [], plazos: [] }
    return { estado: { fase: 'abierto' }, comandos: [], plazos: [{ nombre: 'cobrar', vence: ahora + 1_000 }] }
  },
}

const HILO: Hilo = { origen: { actor: { id: 'ana', rol: 'viajero' }, correlacion: 'c-1', causa: 'm-1' }, propietario: 'ana' }

// Los pedidos se anotan en el mismo almacén, para que un deshacer se lleve también lo pedido.
const consulta = consultas<{ pedidos: { id: string; comando: string; causa: string } }>()
const anotar = consulta((db, p: { id: string; comando: string; causa: string }) =>
  db.insertInto('pedidos').values({ id: p.id, comando: p.comando, causa: p.causa }),
)
const todos = consulta((db, _: Record<never, never>) => db.selectFrom('pedidos').selectAll().orderBy('id'))
const migraciones: Migraciones = {
  modulo: 'prueba',
  lista: [
    {
      nombre: 'pedidos',
      pasos: ({ schema }) => [
        schema.createTable('pedidos').addColumn('id', 'text').addColumn('comando', 'text').addColumn('causa', 'text'),
      ],
    },
  ],
}

const enCarpeta = (t: TestContext): string => {
  const carpeta = mkdtempSync(join(tmpdir(), 'procesos-'))
  t.after(() => rmSync(carpeta, { recursive: true }))
  return carpeta
}

type Opciones = Readonly<{ entorno: EntornoVirtual; fallar?: (comando: string) => boolean }>

/** El gestor y su despertador sobre el almacén de la carpeta, como los compone un proceso. */
const abrir = async (carpeta: string, { entorno, fallar = () => false }: Opciones) => {
  const almacen = await abrirAlmacenSqlite({ carpeta, entorno, migraciones: [migracionesProcesos, migraciones] })
  const fallas: unknown[] = []
  const gestor = crearGestor({
    ...entorno,
    proceso: cobro,
    emitir: async (tx: Tx, { comando, hilo }) => {
      if (fallar(comando)) throw new Error(`no se pudo ${comando}`)
      await tx.ejecutar(anotar, { id: entorno.ids(), comando, causa: hilo.origen.causa })
    },
    alFijarPlazo: (vence) => despertador.avisar(vence),
    alFallar: (error) => fallas.push(error),
  })
  const despertador = crearDespertador({ uow: almacen, entorno, vencer: gestor.vencer, alFallar: (error) => fallas.push(error) })
  despertador.empezar()
  await entorno.avanzar(1)
  return {
    fallas,
    gestor,
    ocurre: (id: string, hecho: 'abrir' | 'cerrar') => almacen.ejecutar((tx) => gestor.ocurrio(tx, id, hecho, HILO)),
    pedidos: async () => (await almacen.lector.todas(todos, {})).map(({ comando }) => comando),
    causas: async () => (await almacen.lector.todas(todos, {})).map(({ causa }) => causa),
    vencer: () => almacen.ejecutar((tx) => gestor.vencer(tx, 10)),
    cerrar: async () => {
      await despertador.detener()
      await almacen.cerrar()
    },
  }
}

test('un plazo vence a su hora, una vez, y no antes', async (t) => {
  const entorno = entornoVirtual()
  const uno = await abrir(enCarpeta(t), { entorno })
  await uno.ocurre('a', 'abrir')
  await entorno.avanzar(900)
  assert.deepEqual(await uno.pedidos(), [])
  await entorno.avanzar(100)
  assert.deepEqual(await uno.pedidos(), ['cobrar a'])
  await entorno.avanzar(120_000)
  assert.deepEqual(await uno.pedidos(), ['cobrar a'])
  assert.notDeepEqual(await uno.causas(), ['m-1'])
  await uno.cerrar()
})

test('un plazo de un estado que ya pasó no hace nada', async (t) => {
  const entorno = entornoVirtual()
  const uno = await abrir(enCarpeta(t), { entorno })
  await uno.ocurre('a', 'abrir')
  await uno.ocurre('a', 'cerrar')
  await entorno.avanzar(60_000)
  assert.deepEqual(await uno.pedidos(), [])
  await uno.cerrar()
})

test('abrir otra vez empieza de nuevo la espera, y se cobra una sola vez', async (t) => {
  const entorno = entornoVirtual()
  const uno = await abrir(enCarpeta(t), { entorno })
  await uno.ocurre('a', 'abrir')
  await entorno.avanzar(500)
  await uno.ocurre('a', 'abrir')
  await entorno.avanzar(600)
  assert.deepEqual(await uno.pedidos(), [])
  await entorno.avanzar(400)
  assert.deepEqual(await uno.pedidos(), ['cobrar a'])
  await uno.cerrar()
})

test('lo que venció con el proceso apagado vence al volver, y una sola vez', async (t) => {
  const entorno = entornoVirtual()
  const carpeta = enCarpeta(t)
  const antes = await abrir(carpeta, { entorno })
  await antes.ocurre('a', 'abrir')
  await antes.cerrar()
  await entorno.avanzar(10_000)
  const despues = await abrir(carpeta, { entorno })
  assert.deepEqual(await despues.pedidos(), ['cobrar a'])
  await despues.cerrar()
  const otraVez = await abrir(carpeta, { entorno })
  await entorno.avanzar(10_000)
  assert.deepEqual(await otraVez.pedidos(), ['cobrar a'])
  await otraVez.cerrar()
})

test('un reinicio a mitad de la espera no la alarga ni la acorta', async (t) => {
  const entorno = entornoVirtual()
  const carpeta = enCarpeta(t)
  const antes = await abrir(carpeta, { entorno })
  await antes.ocurre('a', 'abrir')
  await entorno.avanzar(600)
  await antes.cerrar()
  const despues = await abrir(carpeta, { entorno })
  await entorno.avanzar(390)
  assert.deepEqual(await despues.pedidos(), [])
  await entorno.avanzar(10)
  assert.deepEqual(await despues.pedidos(), ['cobrar a'])
  await despues.cerrar()
})

test('si la hora salta hacia adelante se nota en medio minuto; hacia atrás, se espera', async (t) => {
  const entorno = entornoVirtual()
  const uno = await abrir(enCarpeta(t), { entorno })
  await uno.ocurre('a', 'abrir')
  entorno.saltarHora(-5_000)
  await entorno.avanzar(4_000)
  assert.deepEqual(await uno.pedidos(), [])
  entorno.saltarHora(60_000)
  await entorno.avanzar(30_000)
  assert.deepEqual(await uno.pedidos(), ['cobrar a'])
  await uno.cerrar()
})

test('dos que vencen a la vez el mismo plazo no cobran dos veces', async (t) => {
  const entorno = entornoVirtual()
  const uno = await abrir(enCarpeta(t), { entorno })
  await uno.ocurre('a', 'abrir')
  entorno.saltarHora(2_000)
  await Promise.all([uno.vencer(), uno.vencer(), uno.vencer()])
  assert.deepEqual(await uno.pedidos(), ['cobrar a'])
  await uno.cerrar()
})

test('un plazo que falla se pospone y se repite; los demás no lo esperan', async (t) => {
  const entorno = entornoVirtual()
  let roto = true
  const uno = await abrir(enCarpeta(t), { entorno, fallar: (comando) => roto && comando === 'cobrar a' })
  await uno.ocurre('a', 'abrir')
  await uno.ocurre('b', 'abrir')
  await entorno.avanzar(1_000)
  assert.deepEqual(await uno.pedidos(), ['cobrar b'])
  assert.equal(uno.fallas.length, 1)
  roto = false
  await entorno.avanzar(30_000)
  assert.deepEqual(await uno.pedidos(), ['cobrar b', 'cobrar a'])
  await uno.cerrar()
})

test('muchos procesos a la vez vencen todos', async (t) => {
  const entorno = entornoVirtual()
  const uno = await abrir(enCarpeta(t), { entorno })
  await Promise.all(Array.from({ length: 250 }, (_, i) => uno.ocurre(`p-${i}`, 'abrir')))
  await entorno.avanzar(1_100)
  assert.equal(new Set(await uno.pedidos()).size, 250)
  assert.equal((await uno.pedidos()).length, 250)
  await uno.cerrar()
})
