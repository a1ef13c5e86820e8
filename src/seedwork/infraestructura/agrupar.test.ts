import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entornoVirtual } from '../pruebas/entorno_virtual.ts'
import { agrupar } from './agrupar.ts'

type Opciones = { maximo: number; escritores: number; enseguida?: (tarea: () => void) => void }

const banco = ({ enseguida = (tarea) => tarea(), ...opciones }: Opciones) => {
  const tandas: { cosas: readonly string[]; fin: PromiseWithResolvers<void> }[] = []
  const virtual = entornoVirtual()
  const pedir = agrupar<string>({
    ...opciones,
    entorno: { ...virtual, planificador: { ...virtual.planificador, enseguida } },
    hacer: (cosas) => {
      const fin = Promise.withResolvers<void>()
      tandas.push({ cosas, fin })
      return fin.promise
    },
  })
  const vistas = () => tandas.map(({ cosas }) => cosas.join(''))
  return { pedir, tandas, vistas, pasar: virtual.avanzar }
}

const luego = () => new Promise((resolver) => setImmediate(resolver))

test('la primera no espera a nadie; lo que llega mientras tanto va junto, en su orden y hasta el máximo', async () => {
  const { pedir, tandas, vistas } = banco({ maximo: 3, escritores: 1 })
  const pedidas = [...'abcdef'].map(pedir)
  assert.deepEqual(vistas(), ['a'])
  for (let i = 0; i < 3; i++) {
    tandas[i]?.fin.resolve()
    await luego()
  }
  await Promise.all(pedidas)
  assert.deepEqual(vistas(), ['a', 'bcd', 'ef'])
})

test('una tanda que falla falla para los suyos y para nadie más', async () => {
  const { pedir, tandas } = banco({ maximo: 2, escritores: 1 })
  const suertes = Promise.allSettled([...'abcd'].map(pedir))
  tandas[0]?.fin.resolve()
  await luego()
  tandas[1]?.fin.reject(new Error('no'))
  await luego()
  tandas[2]?.fin.resolve()
  assert.deepEqual(
    (await suertes).map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
  )
})

test('con dos escritores hay dos tandas a la vez, y no más', async () => {
  const { pedir, tandas, vistas } = banco({ maximo: 9, escritores: 2 })
  const pedidas = [...'abcd'].map(pedir)
  assert.deepEqual(vistas(), ['a', 'b'])
  tandas[1]?.fin.resolve()
  await luego()
  assert.deepEqual(vistas(), ['a', 'b', 'cd'])
  for (const { fin } of tandas) fin.resolve()
  await Promise.all(pedidas)
})

test('una tanda llena no espera a que se lea lo demás; lo que sobra, sí', async () => {
  const despues: (() => void)[] = []
  const { pedir, tandas, vistas } = banco({ maximo: 2, escritores: 2, enseguida: (tarea) => despues.push(tarea) })
  const pedidas = [...'abc'].map(pedir)
  assert.deepEqual(vistas(), ['ab'])
  assert.equal(despues.length, 1)
  for (const tarea of despues) tarea()
  assert.deepEqual(vistas(), ['ab', 'c'])
  for (const { fin } of tandas) fin.resolve()
  await Promise.all(pedidas)
})

test('a quien espera de más que terminen las de antes se le dice que no, y lo suyo no se hace', async () => {
  const { pedir, tandas, vistas, pasar } = banco({ maximo: 2, escritores: 1 })
  const primera = pedir('a')
  const tarde = pedir('b')
  await pasar(2_000)
  const aTiempo = pedir('c')
  await pasar(10_000)
  tandas[0]?.fin.resolve()
  await primera
  await assert.rejects(tarde, { codigo: 'almacen_ocupado' })
  assert.deepEqual(vistas(), ['a', 'c'])
  tandas[1]?.fin.resolve()
  await aTiempo
})
