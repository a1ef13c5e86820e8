import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { setTimeout as esperar } from 'node:timers/promises'
import { agregar } from '../../../pruebas/almacen/lugar.ts'
import { idsDe } from '../../../pruebas/almacen/tablas.ts'
import type { Tx } from '../puerto.ts'
import { codigos, conGrupo, type GrupoDePrueba } from './grupo_de_prueba.ts'

const ajenas: Readonly<Record<string, (g: GrupoDePrueba) => Promise<unknown>>> = {
  'un setTimeout': () => esperar(0),
  'un setImmediate': () => new Promise((resolver) => setImmediate(resolver)),
  'un process.nextTick': () => new Promise<void>((resolver) => process.nextTick(resolver)),
  'un archivo de verdad': () => readFile(import.meta.filename),
  'otra unidad': ({ grupo }) => grupo.ejecutar((tx) => agregar(tx, 'otra')),
}

for (const [cual, espera] of Object.entries(ajenas))
  test(
    `esperar ${cual} es espera_ajena: se deshace esa unidad, su tx queda muerta y las vecinas confirman`,
    conGrupo(async (g) => {
      const tarde = Promise.withResolvers<unknown>()
      const ajena = async (tx: Tx) => {
        await agregar(tx, 'ajena')
        await espera(g)
        await agregar(tx, 'tardía').then(tarde.resolve, tarde.resolve)
      }
      const suertes = await Promise.allSettled(
        [(tx: Tx) => agregar(tx, 'a'), ajena, (tx: Tx) => agregar(tx, 'b')].map((u) => g.grupo.ejecutar(u)),
      )
      assert.deepEqual(codigos(suertes), ['ok', 'espera_ajena', 'ok'])
      assert.equal(((await tarde.promise) as { codigo?: string }).codigo, 'tx_terminada')
      await g.entorno.reposo()
      assert.deepEqual(await idsDe(g.lector), cual === 'otra unidad' ? ['a', 'b', 'otra'] : ['a', 'b'])
    }),
  )

test(
  'una unidad que espera para siempre no detiene a las demás, y es un defecto del programa',
  conGrupo(async ({ grupo, lector }) => {
    const colgada = grupo.ejecutar(() => new Promise(() => {}))
    const vecina = grupo.ejecutar((tx) => agregar(tx, 'a'))
    await assert.rejects(colgada, { codigo: 'espera_ajena', clase: 'interno' })
    await vecina
    assert.deepEqual(await idsDe(lector), ['a'])
  }),
)

test(
  'varias seguidas que esperan lo ajeno fallan cada una por su cuenta',
  conGrupo(async ({ grupo }) => {
    const unidades = Array.from({ length: 9 }, (_, i) => grupo.ejecutar(() => (i % 3 ? esperar(0) : Promise.resolve())))
    assert.deepEqual(
      codigos(await Promise.allSettled(unidades)),
      unidades.map((_, i) => (i % 3 ? 'espera_ajena' : 'ok')),
    )
  }),
)

test(
  'lo que no sale de la unidad no es ajeno: promesas ya resueltas, iteradores y muchas lecturas',
  conGrupo(async ({ grupo, lector }) => {
    await grupo.ejecutar(async (tx) => {
      for (let i = 0; i < 1_000; i++) await Promise.resolve(i)
      for await (const id of ['a', 'b']) await Promise.all([agregar(tx, id), idsDe(tx)])
    })
    assert.deepEqual(await idsDe(lector), ['a', 'b'])
  }),
)

for (const [momento, esperarAntes] of [
  ['de una unidad del mismo grupo', false],
  ['de una unidad de otro grupo', true],
] as const)
  test(
    `la que se abandonó con savepoints abiertos y despierta en medio ${momento} no le deshace nada`,
    conGrupo(async ({ grupo, lector }) => {
      const despertar = Promise.withResolvers<void>()
      let despierta: Promise<unknown> = Promise.resolve()
      const abandonada = grupo.ejecutar((tx) => {
        despierta = tx.savepoint((s) => s.savepoint((i) => agregar(i, 'perdida').then(() => despertar.promise)))
        return despierta
      })
      const fallo = assert.rejects(abandonada, { codigo: 'espera_ajena' })
      if (esperarAntes) await fallo
      await grupo.ejecutar(async (tx) => {
        await tx.savepoint(async (s) => {
          await agregar(s, 'a')
          despertar.resolve()
          await assert.rejects(despierta, { codigo: 'tx_terminada' })
          await agregar(s, 'b')
        })
        await agregar(tx, 'c')
      })
      await fallo
      assert.deepEqual(await idsDe(lector), ['a', 'b', 'c'])
    }),
  )
