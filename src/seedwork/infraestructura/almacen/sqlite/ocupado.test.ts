import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { agregar } from '../../../pruebas/almacen/lugar.ts'
import { idsDe, tablasDePrueba } from '../../../pruebas/almacen/tablas.ts'
import { entornoReal } from '../../entorno_real.ts'
import { ARCHIVO, abrirAlmacenSqlite } from './almacen.ts'
import { conCarpeta, conGrupo, type GrupoDePrueba } from './grupo_de_prueba.ts'

/** Otra conexión que tiene el cerrojo de escritura, como otro proceso, hasta que lo suelta. */
const ocupar = (archivo: string) => {
  const otra = new DatabaseSync(archivo)
  otra.exec('BEGIN IMMEDIATE')
  return { soltar: () => otra.close() }
}

/** Una unidad, y cómo va. */
const encolar = ({ grupo }: GrupoDePrueba, id: string) => {
  let estado = 'espera'
  const promesa = grupo.ejecutar((tx) => agregar(tx, id))
  promesa.then(
    () => (estado = 'confirmada'),
    (error) => (estado = error.codigo),
  )
  return { promesa, estado: () => estado }
}

test(
  'mientras otro escribe las unidades esperan, y cuando suelta confirman',
  conGrupo(async (g) => {
    const otro = ocupar(g.archivo)
    const primera = encolar(g, 'a')
    await g.entorno.avanzar(3_000)
    const segunda = encolar(g, 'b')
    assert.deepEqual([primera.estado(), segunda.estado()], ['espera', 'espera'])
    otro.soltar()
    await g.entorno.avanzar(20)
    assert.deepEqual([primera.estado(), segunda.estado()], ['confirmada', 'confirmada'])
    assert.deepEqual(await idsDe(g.lector), ['a', 'b'])
  }),
)

test(
  'si en 5 s no suelta fallan con almacen_ocupado, sin escribir nada, y después todo vuelve a andar solo',
  conGrupo(async (g) => {
    for (const id of ['a', 'b']) {
      const otro = ocupar(g.archivo)
      const fallida = encolar(g, id)
      await g.entorno.avanzar(4_900)
      assert.equal(fallida.estado(), 'espera')
      await g.entorno.avanzar(200)
      assert.equal(fallida.estado(), 'almacen_ocupado')
      await assert.rejects(fallida.promesa, { codigo: 'almacen_ocupado', clase: 'no_disponible', reintentarEn: 1 })
      otro.soltar()
    }
    const siguiente = encolar(g, 'c')
    await g.entorno.reposo()
    assert.equal(siguiente.estado(), 'confirmada')
    assert.deepEqual(await idsDe(g.lector), ['c'])
    assert.equal(g.entorno.temporizadores(), 0)
  }),
)

test(
  'los intentos no detienen el hilo: doscientos cincuenta caben en menos de lo que tardarían quince que esperaran dentro de SQLite',
  conGrupo(async (g) => {
    const otro = ocupar(g.archivo)
    const unidad = encolar(g, 'a')
    const antes = performance.now()
    await g.entorno.avanzar(5_100)
    assert.ok(performance.now() - antes < 1_500)
    assert.equal(unidad.estado(), 'almacen_ocupado')
    otro.soltar()
  }),
)

for (const [que, suelta, esperado] of [
  ['confirma lo encolado si el otro suelta', true, 'confirmada'],
  ['contesta almacen_ocupado a lo encolado si el otro no suelta', false, 'almacen_ocupado'],
] as const)
  test(
    `cerrar mientras otro escribe ${que}, y termina`,
    conGrupo(async (g) => {
      const otro = ocupar(g.archivo)
      const encolada = encolar(g, 'a')
      await g.entorno.avanzar(100)
      const cierre = g.grupo.terminar()
      await assert.rejects(encolar(g, 'b').promesa, { codigo: 'almacen_cerrado' })
      await g.entorno.avanzar(1_000)
      assert.equal(encolada.estado(), 'espera')
      if (suelta) otro.soltar()
      await g.entorno.avanzar(5_000)
      assert.equal(encolada.estado(), esperado)
      await cierre
      if (!suelta) otro.soltar()
    }),
  )

test('un proceso que sólo espera su turno para escribir sigue vivo hasta que lo tiene', () =>
  conCarpeta(async (carpeta) => {
    await (await abrirAlmacenSqlite({ carpeta, migraciones: [tablasDePrueba], entorno: entornoReal })).cerrar()
    const otro = ocupar(join(carpeta, ARCHIVO))
    const hijo = spawn(process.execPath, [join(import.meta.dirname, 'ocupado_hijo.ts'), carpeta], { stdio: ['ignore', 'pipe', 'inherit'] })
    const salida = once(hijo, 'exit')
    let intentos = 0
    for await (const linea of lineasDe(hijo)) {
      if (linea === 'intento' && ++intentos === 3) otro.soltar()
      if (linea !== 'intento') assert.equal(linea, 'confirmada')
    }
    if (intentos < 3) otro.soltar()
    assert.deepEqual(await salida, [0, null])
    assert.ok(intentos >= 3)
  }))

const lineasDe = ({ stdout }: ChildProcess): AsyncIterable<string> => {
  assert.ok(stdout)
  return createInterface({ input: stdout })
}
